using Campaigns.Db.Files;
using Campaigns.Db.Packets;

namespace Campaigns.Worker.Packets;

/// <summary>
/// Deletes files of packets that became stale, ended or were rebuilt, and files left by killed
/// builds. The keys of these files no longer exist.
/// </summary>
internal sealed class SweepPacketsJob(PacketQueue queue, PacketFolder folder) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken)
    {
        // A build claims its row before it creates its folder. A folder newer than the list is therefore looked up
        // again before it is deleted.
        var (files, lines) = (queue.ReferencedFiles(), queue.ReferencedLines());
        folder.Sweep(
            (id, attempt, isLines) =>
                isLines
                    ? lines.Contains((id, attempt)) || queue.ReferencedLines().Contains((id, attempt))
                    : files.Contains((id, attempt)) || queue.ReferencedFiles().Contains((id, attempt))
        );
        return Task.CompletedTask;
    }
}
