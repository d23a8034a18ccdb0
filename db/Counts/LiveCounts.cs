using System.Collections.Concurrent;
using Campaigns.Db.Caching;

namespace Campaigns.Db.Counts;

/// <summary>
/// The cached public counts of every campaign. After a commit that changes them, one read serves
/// all requests. Under constant change they are at most a second old.
/// </summary>
public sealed class LiveCounts
{
    // Half of the promised second, so that the response leaves within it.
    private static readonly TimeSpan _timestampInterval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<(long Campaign, bool Sensitive), Entry> _entries = new();
    private readonly CountStore _counts;
    private readonly TimeProvider _time;
    private readonly TimeSpan? _lifetime;

    public LiveCounts(Database database, CountStore counts, TimeProvider time)
    {
        _counts = counts;
        _time = time;
        _lifetime = database.CacheLifetime;
        database.Writes.CountsChanged += Invalidate;
    }

    /// <summary>
    /// Returns the same object while the counts and their timestamp are unchanged. The timestamp of
    /// current counts is renewed every half second.
    /// </summary>
    public ValueTask<PublicCounts> OfAsync(Campaign campaign)
    {
        if (!_entries.TryGetValue((campaign.Id, campaign.Sensitive), out var entry))
            entry = _entries.GetOrAdd((campaign.Id, campaign.Sensitive), key => new Entry(
                _counts,
                _time,
                _lifetime,
                key.Campaign,
                key.Sensitive
            ));
        return entry.GetAsync();
    }

    private void Invalidate(long campaignId)
    {
        if (_entries.TryGetValue((campaignId, false), out var regular))
            regular.Invalidate();
        if (_entries.TryGetValue((campaignId, true), out var sensitive))
            sensitive.Invalidate();
    }

    private sealed class Entry(
        CountStore counts,
        TimeProvider time,
        TimeSpan? lifetime,
        long campaignId,
        bool sensitive
    )
    {
        private readonly CachedValue<PublicCounts> _counts = new(
            () => counts.ReadPublic(campaignId, sensitive),
            time,
            lifetime,
            serveStaleWhileBusy: true
        );
        private TimestampedCounts? _timestamped;

        public void Invalidate() => _counts.Invalidate();

        public async ValueTask<PublicCounts> GetAsync() => WithTimestamp(await _counts.GetAsync());

        /// <summary>
        /// Renews the timestamp of counts that are still current. The timestamp of a sensitive
        /// campaign stays that of its sealing.
        /// </summary>
        private PublicCounts WithTimestamp(PublicCounts read)
        {
            if (sensitive)
                return read;
            var at = time.GetTimestamp();
            var timestamped = Volatile.Read(ref _timestamped);
            if (
                timestamped is not null
                && ReferenceEquals(timestamped.Read, read)
                && time.GetElapsedTime(timestamped.At, at) < _timestampInterval
            )
                return timestamped.Counts;
            // The time is read before the check: counts that are current afterwards were current at that time.
            var now = time.UtcNow();
            var counts = _counts.IsCurrent(read) ? read with { AsOf = now } : read;
            Volatile.Write(ref _timestamped, new TimestampedCounts(read, counts, at));
            return counts;
        }
    }

    private sealed record TimestampedCounts(PublicCounts Read, PublicCounts Counts, long At);
}
