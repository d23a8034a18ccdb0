using Campaigns.Db.Counts;

namespace Campaigns.Worker.Counts;

/// <summary>
/// Copies the figures about unconfirmed people once an hour. It looks often, so that the copy is of
/// the full hour.
/// </summary>
public sealed class SnapshotCountsJob(HourlySnapshot snapshot) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => snapshot.RefreshAsync(cancellationToken);
}
