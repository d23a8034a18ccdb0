using Campaigns.Db.Signatures;

namespace Campaigns.Worker.Signatures;

/// <summary>Forgets addresses whose time without mail is over.</summary>
public sealed class ForgetSuppressionsJob(ExpiryStore expiry) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => expiry.ForgetSuppressionsAsync(cancellationToken);
}
