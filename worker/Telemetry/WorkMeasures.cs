using System.Diagnostics.Metrics;
using Campaigns.Db;
using Campaigns.Db.Inspection;

namespace Campaigns.Worker.Telemetry;

/// <summary>
/// How far the work is that the database knows of. It is read when the measures are collected, and
/// exists only while something collects them.
/// </summary>
internal sealed class WorkMeasures : IDisposable
{
    private readonly Meter _meter = new(Database.MeterName);
    private readonly WorkInspection _work;
    private readonly TimeProvider _time;

    public WorkMeasures(Database database, TimeProvider time)
    {
        _work = new WorkInspection(database.Inspect());
        _time = time;
        Add("campaign.outbox.age", "s", "How long the oldest due letter waits.", () =>
            Age(_work.OldestDueLetter()) ?? 0
        );
        Add("campaign.ledger.unsealed", null, "Queued entries that no head covers.", () => _work.CountUnsealed());
        Add("campaign.head.age", "s", "The age of the newest head of all ledgers.", () => Age(_work.NewestHead()));
        Add("campaign.backup.age", "s", "The age of the newest backup known here.", () => Age(_work.NewestBackup()));
    }

    public void Dispose() => _meter.Dispose();

    // Without a value there is no measurement: an age of 0 would look like a new backup.
    private void Add(string name, string? unit, string description, Func<double?> read) =>
        _meter.CreateObservableGauge(
            name,
            IEnumerable<Measurement<double>> () => read() is { } value ? [new(value)] : [],
            unit,
            description
        );

    private double? Age(DateTimeOffset? since) =>
        since is { } at ? Math.Max(0, (_time.GetUtcNow() - at).TotalSeconds) : null;
}
