namespace Campaigns.Worker.Letters.Folder;

/// <summary>
/// Letters of the folder transport carry addresses and links: they are kept 7 days.
/// </summary>
internal sealed class SweepMailFolderJob(FolderMail mail, TimeProvider time) : IScheduledJob
{
    private static readonly TimeSpan _keep = TimeSpan.FromDays(7);

    public Task RunAsync(CancellationToken cancellationToken)
    {
        mail.Sweep(time.UtcNow() - _keep);
        return Task.CompletedTask;
    }
}
