using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Campaigns.Db;

namespace Campaigns.Tests.Memory;

/// <summary>How often one database was read since this began, and by which member; from the product's own metric.</summary>
internal sealed class DatabaseReads : IDisposable
{
    private readonly MeterListener _listener;
    private readonly ConcurrentDictionary<string, long> _byReader = new();

    public DatabaseReads(Database database)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "campaign.database.reads" && ReferenceEquals(instrument.Meter.Scope, database)) self.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) => _byReader.AddOrUpdate((string)tags[0].Value!, value, (_, known) => known + value));
        _listener.Start();
    }

    /// <summary>All of them, those of the worker's clock included.</summary>
    public long All => _byReader.Values.Sum();

    public long Of(string reader) => _byReader.GetValueOrDefault(reader);

    public void Dispose() => _listener.Dispose();
}
