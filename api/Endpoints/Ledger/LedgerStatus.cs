using Campaigns.Db.Counts;
using Campaigns.Db.Ledger;

namespace Campaigns.Api.Endpoints.Ledger;

/// <summary>Collects what the endpoint and the screen show of a campaign's ledger.</summary>
internal sealed class LedgerStatus(
    LedgerStore ledger,
    LedgerQueueStore queue,
    CountStore counts,
    LedgerVerifier verifier,
    TimeProvider time
)
{
    public async Task<StaffLedgerView> ReadAsync(Campaign campaign)
    {
        var head = await ledger.GetHeadAsync(campaign.Id);
        var waiting = queue.Read(campaign);
        var recount = counts.FindRecount(campaign.Id);
        return new StaffLedgerView(
            time.UtcNow(),
            new StaffHeadView(head.Size, head.Root, head.SealedAt, head.Counts.Values.Sum()),
            waiting.Waiting,
            waiting.SealsBy,
            waiting.Quarantined,
            ledger.FindBehind().Any(behind => behind.Id == campaign.Id),
            recount is null ? null : new RecountView(recount.RecountedAt, recount.Drift),
            verifier.FindLast(campaign),
            verifier.Running is { } running && running.CampaignId == campaign.Id
                ? new VerifyingView(running.Done, running.Size)
                : null
        );
    }
}
