using Campaigns.Db.Sharing;

namespace Campaigns.Worker.Sharing;

/// <summary>Writes what share codes were used for in this process.</summary>
public sealed class FlushSharesJob(ShareTally shared) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => shared.FlushAsync();
}
