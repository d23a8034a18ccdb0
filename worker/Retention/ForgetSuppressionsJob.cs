using Campaigns.Db.Signatures;

namespace Campaigns.Worker.Retention;

/// <summary>Deletes suppressions that have ended.</summary>
public sealed class ForgetSuppressionsJob(ExpiryStore expiry) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => expiry.ForgetSuppressionsAsync(cancellationToken);
}
