using Campaigns.Db.Packets;

namespace Campaigns.Worker.Packets;

/// <summary>
/// Deletes the files of packets that went stale or were built anew, and what killed builds left
/// behind. Their keys are gone already.
/// </summary>
internal sealed class SweepPacketsJob(PacketQueue queue, PacketFolder folder) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken)
    {
        // A build that begins between the two lines has claimed its row before it makes its folder: such a folder is
        // newer than the list, and looked up again.
        var needed = queue.ReferencedFiles();
        folder.Sweep(
            (id, attempt) => needed.Contains((id, attempt)) || queue.ReferencedFiles().Contains((id, attempt))
        );
        return Task.CompletedTask;
    }
}
