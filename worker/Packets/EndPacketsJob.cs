using Campaigns.Db.Packets;

namespace Campaigns.Worker.Packets;

/// <summary>
/// Ends the packets whose files are older than files are kept, and deletes what made packets stale
/// once no packet counts it. <see cref="SweepPacketsJob"/> deletes the files.
/// </summary>
internal sealed class EndPacketsJob(PacketQueue queue, StaleCauseStore causes) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await queue.EndExpiredAsync(cancellationToken);
        await causes.PruneAsync(cancellationToken);
    }
}
