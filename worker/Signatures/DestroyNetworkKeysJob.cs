using Campaigns.Db.Signatures;

namespace Campaigns.Worker.Signatures;

/// <summary>
/// Once the key of a day is destroyed nobody can tell which network a hash of that day stood for.
/// New keys are made when first needed.
/// </summary>
public sealed class DestroyNetworkKeysJob(ExpiryStore expiry) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => expiry.DestroyNetworkKeysAsync(cancellationToken);
}
