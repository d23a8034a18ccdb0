using Campaigns.Db.Invalidations;

namespace Campaigns.Worker.Invalidations;

/// <summary>
/// Counts, runs and undoes bulk invalidations. Their rows are the queue: a run finds those that no
/// worker has, also those that a killed worker left.
/// </summary>
public sealed class RunInvalidationsJob(InvalidationQueue queue) : IScheduledJob
{
    private static readonly string _owner = $"{Environment.MachineName}:{Environment.ProcessId}";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var id in queue.FindWaiting())
        {
            if (await queue.ClaimAsync(id, _owner, cancellationToken) is not { } claimed)
                continue;
            try
            {
                await queue.WorkAsync(claimed, cancellationToken);
            }
            catch
            {
                await queue.ReleaseAsync(claimed);
                throw;
            }
        }
    }
}
