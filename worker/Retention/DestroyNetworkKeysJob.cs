using Campaigns.Db.Signatures;

namespace Campaigns.Worker.Retention;

/// <summary>
/// Destroys the network keys of past days. Without the key of a day, a hash of that day cannot be
/// linked to a network. New keys are created at their first use.
/// </summary>
public sealed class DestroyNetworkKeysJob(ExpiryStore expiry) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => expiry.DestroyNetworkKeysAsync(cancellationToken);
}
