using System.Collections.Concurrent;
using Campaigns.Db.Caching;

namespace Campaigns.Db.Counts;

/// <summary>
/// The public counts of every campaign as the commits move them: read from the database once after
/// a commit, however many ask. Under a load that moves them all the time they may be a second old,
/// never more.
/// </summary>
public sealed class LiveCounts
{
    // Half of what is promised, so that the answer is on its way within the second.
    private static readonly TimeSpan _timestampEvery = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<(long Campaign, bool Sensitive), Entry> _entries = new();
    private readonly CountStore _counts;
    private readonly TimeProvider _time;
    private readonly TimeSpan? _lasts;

    public LiveCounts(Database database, CountStore counts, TimeProvider time)
    {
        _counts = counts;
        _time = time;
        _lasts = database.CacheLifetime;
        database.Writes.CountsChanged += Invalidate;
    }

    /// <summary>
    /// The same object as long as nothing changed, its moment included; the moment of current
    /// counts moves on every half second.
    /// </summary>
    public ValueTask<PublicCounts> OfAsync(Campaign campaign)
    {
        if (!_entries.TryGetValue((campaign.Id, campaign.Sensitive), out var entry))
            entry = _entries.GetOrAdd((campaign.Id, campaign.Sensitive), key => new Entry(
                _counts,
                _time,
                _lasts,
                key.Campaign,
                key.Sensitive
            ));
        return entry.GetAsync();
    }

    private void Invalidate(long campaignId)
    {
        if (_entries.TryGetValue((campaignId, false), out var open))
            open.Invalidate();
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
        /// Counts that are still current were so this moment too; a sensitive campaign's moment is
        /// that of its sealing.
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
                && time.GetElapsedTime(timestamped.At, at) < _timestampEvery
            )
                return timestamped.Counts;
            // The moment first: what is current after it was so at it.
            var now = time.UtcNow();
            var counts = _counts.IsCurrent(read) ? read with { AsOf = now } : read;
            Volatile.Write(ref _timestamped, new TimestampedCounts(read, counts, at));
            return counts;
        }
    }

    private sealed record TimestampedCounts(PublicCounts Read, PublicCounts Counts, long At);
}
