using Campaigns.Db.Counts;
using Campaigns.Worker.Telemetry;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Counts;

/// <summary>
/// Counts the rows of every campaign again. A difference is stored, logged as an error, measured,
/// and degrades <c>/healthz/ready</c>. It is never corrected silently.
/// </summary>
public sealed class RecountJob(RecountStore recounts, ILogger<RecountJob> log) : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var total = 0L;
        foreach (var campaignId in recounts.ListCampaigns())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var drift = recounts.Drift(campaignId);
            await recounts.SaveAsync(campaignId, drift, cancellationToken);
            if (drift != 0)
                log.CountsDrifted(campaignId, drift);
            total += drift;
        }
        WorkerMeasures.Drift.Record(total);
    }
}
