using Campaigns.Db.Ledger;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Ledger;

/// <summary>
/// Seals what waits, batch by batch, and publishes each head once the journal has it. Killed
/// anywhere it leaves either nothing or a whole sealed batch whose head the next run publishes.
/// </summary>
public sealed class SealLedgerJob(LedgerSealer sealer, IOptions<LedgerOptions> options, TimeProvider time)
    : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // What a run that was killed between sealing and publishing left behind.
        await sealer.PublishHeadsAsync(cancellationToken);

        // One slice of each campaign in turn and not all at once: people are signing meanwhile.
        var failed = new Dictionary<long, Exception>();
        for (var more = true; more && !cancellationToken.IsCancellationRequested;)
        {
            more = false;
            foreach (
                var campaignId in sealer.FindDue(options.Value, time.UtcNow()).Where(id => !failed.ContainsKey(id))
            )
            {
                try
                {
                    more |= await sealer.SealAsync(campaignId, options.Value.MinBatch, cancellationToken);
                    await sealer.PublishHeadsAsync(cancellationToken);
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    // One campaign's trouble does not keep the others waiting.
                    failed.Add(campaignId, error);
                }
            }
        }
        if (failed.Count > 0)
            throw new AggregateException(failed.Values);
    }
}
