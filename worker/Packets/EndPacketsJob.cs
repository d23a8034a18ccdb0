using Campaigns.Db.Packets;

namespace Campaigns.Worker.Packets;

/// <summary>
/// Ends the packets whose files are older than files are kept. <see cref="SweepPacketsJob"/>
/// deletes the files.
/// </summary>
internal sealed class EndPacketsJob(PacketQueue queue) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken) => queue.EndExpiredAsync(cancellationToken);
}
