using Campaigns.Db.Journals;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Ledger;

/// <summary>
/// Logs that lines of the journal are lost, again and again until the operator acknowledges it.
/// </summary>
public sealed class ReportLostJournalJob(JournalStore journal, ILogger<ReportLostJournalJob> log) : IScheduledJob
{
    public Task RunAsync(CancellationToken cancellationToken)
    {
        journal.ReportLoss(log);
        return Task.CompletedTask;
    }
}
