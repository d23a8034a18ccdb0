using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Campaigns.Db;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Caching;

/// <summary>
/// Counts the reads of one database by reading member since this object was created, from the
/// product's own metric.
/// </summary>
internal sealed class DatabaseReads : IDisposable
{
    private static readonly TimeSpan _cacheLifetime = TimeSpan.FromMilliseconds(500);

    private readonly Stopwatch _since = Stopwatch.StartNew();
    private readonly MeterListener _listener;
    private readonly ConcurrentDictionary<string, long> _byReader = new();

    public DatabaseReads(Database database)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "campaign.database.reads" && ReferenceEquals(instrument.Meter.Scope, database))
                    self.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) => _byReader.AddOrUpdate((string)tags[0].Value!, value, (_, known) => known + value)
        );
        _listener.Start();
    }

    /// <summary>All reads, including those of the scheduled jobs.</summary>
    public long All => _byReader.Values.Sum();

    /// <summary>
    /// An upper bound for the reads of the scheduled jobs. One read for each of a thousand requests
    /// exceeds it.
    /// </summary>
    public long MaxByScheduledJobs => Math.Clamp(20 * (long)_since.Elapsed.TotalSeconds, 100, 999);

    public void AssertOnce(string reader) => AssertCount(1, 1, reader);

    public void AssertAtMostOnce(params string[] readers) => AssertCount(0, 1, readers);

    public void AssertNever(params string[] readers) => AssertCount(0, 0, readers);

    public long Of(string reader) => _byReader.GetValueOrDefault(reader);

    // Where other processes write too, a cached value expires after half a second.
    private void AssertCount(long least, long most, params string[] readers)
    {
        if (DatabaseUnderTest.IsPostgres)
            most += 1 + (long)(_since.Elapsed / _cacheLifetime);
        foreach (var reader in readers)
            Assert.True(Of(reader) >= least && Of(reader) <= most, $"{reader} {Of(reader)}");
    }

    public void Dispose() => _listener.Dispose();
}
