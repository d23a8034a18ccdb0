namespace Campaigns.Worker.Mail.Folder;

/// <summary>
/// Deletes letters of the folder transport after 7 days, because they contain addresses and links.
/// </summary>
internal sealed class SweepMailFolderJob(FolderMail mail, TimeProvider time) : IScheduledJob
{
    private static readonly TimeSpan _retention = TimeSpan.FromDays(7);

    public Task RunAsync(CancellationToken cancellationToken)
    {
        mail.Sweep(time.UtcNow() - _retention);
        return Task.CompletedTask;
    }
}
