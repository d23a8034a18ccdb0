using Campaigns.Db.Ledger;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Ledger;

/// <summary>
/// Seals waiting entries batch by batch, and publishes each head once the journal has it. A killed
/// run leaves either nothing or a whole sealed batch, whose head the next run publishes.
/// </summary>
public sealed class SealLedgerJob(LedgerSealer sealer, IOptions<LedgerOptions> options, TimeProvider time)
    : IScheduledJob
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // A run killed between sealing and publishing left heads unpublished.
        await sealer.PublishHeadsAsync(cancellationToken);

        // One slice of each campaign in turn, because signers need the writer between slices.
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
                    // A failure of one campaign does not delay the others.
                    failed.Add(campaignId, error);
                }
            }
        }
        if (failed.Count > 0)
            throw new AggregateException(failed.Values);
    }
}
