using Campaigns.Db.Invalidations;

namespace Campaigns.Worker.Retention;

/// <summary>
/// Clears the data of bulk-invalidated signatures once they can no longer be undone.
/// </summary>
public sealed class EndUndoJob(InvalidationRetention retention) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await retention.ClearAsync(cancellationToken) > 0)
            cancellationToken.ThrowIfCancellationRequested();
        await retention.ForgetAsync(cancellationToken);
    }
}
