using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;

namespace Campaigns.Worker.Retention;

/// <summary>
/// Deletes what was counted of letters to mailboxes more than a day ago, and of those to mail
/// domains in hours that are over.
/// </summary>
public sealed class ForgetMailboxesJob(ExpiryStore expiry, MailDomainStore domains) : IScheduledJob
{
    // Small, because signers wait behind each delete.
    private const int PageSize = 1000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await expiry.ForgetMailboxesAsync(PageSize, cancellationToken) == PageSize)
            cancellationToken.ThrowIfCancellationRequested();
        await domains.ForgetAsync(cancellationToken);
    }
}
