using Campaigns.Db.Staff;

namespace Campaigns.Worker.Retention;

/// <summary>Deletes the answers to staff requests that are kept for 24 hours.</summary>
public sealed class ForgetIdempotencyKeysJob(IdempotencyStore answers) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => answers.ForgetAsync(cancellationToken);
}
