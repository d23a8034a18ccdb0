using Campaigns.Db.Counts;

namespace Campaigns.Worker.Counts;

/// <summary>Adds old counters by hour to their days.</summary>
public sealed class FoldHoursJob(HourFoldStore hours) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => hours.FoldAsync(cancellationToken);
}
