using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Campaigns.Db;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Caching;

/// <summary>
/// How often one database was read since this began, and by which member; from the product's own
/// metric.
/// </summary>
internal sealed class DatabaseReads : IDisposable
{
    private static readonly TimeSpan _lasts = TimeSpan.FromMilliseconds(500);

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

    /// <summary>All of them, those of the worker's clock included.</summary>
    public long All => _byReader.Values.Sum();

    /// <summary>
    /// More than the worker's clock reads in that time; a reading for each of a thousand requests
    /// is more.
    /// </summary>
    public long ByClockAtMost => Math.Clamp(20 * (long)_since.Elapsed.TotalSeconds, 100, 999);

    public void AssertOnce(string reader) => AssertBetween(1, 1, reader);

    public void AssertAtMostOnce(params string[] readers) => AssertBetween(0, 1, readers);

    public void AssertNever(params string[] readers) => AssertBetween(0, 0, readers);

    public long Of(string reader) => _byReader.GetValueOrDefault(reader);

    // Where other processes write too, nothing is held for longer than half a second.
    private void AssertBetween(long least, long most, params string[] readers)
    {
        if (DatabaseUnderTest.IsPostgres)
            most += 1 + (long)(_since.Elapsed / _lasts);
        foreach (var reader in readers)
            Assert.True(Of(reader) >= least && Of(reader) <= most, $"{reader} {Of(reader)}");
    }

    public void Dispose() => _listener.Dispose();
}
