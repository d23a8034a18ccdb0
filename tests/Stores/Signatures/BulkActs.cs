using Campaigns.Db.Invalidations;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Signatures;

/// <summary>The acts of a bulk invalidation on a single signature.</summary>
internal static class BulkActs
{
    /// <summary>Passes over a signature that the act does not change, as the walk does.</summary>
    public static async Task<Refusal?> RunAsync(CampaignFixture fixture, SignatureAct act, long id)
    {
        var (keys, encryption) = (fixture.Get<KeyRing>(), fixture.Get<SignatureEncryption>());
        await fixture.Database.Writes.RunAsync(write =>
        {
            var row = SignatureRow.Find(write, fixture.Campaign.Id, id)!;
            if (!SignatureLifecycle.Find(row.Phase, act).ChangesRow)
                return false;
            if (act == SignatureAct.BulkInvalidate)
                BulkInvalidation.Invalidate(write, row, 17, "robots", write.Now);
            else if (act == SignatureAct.EndUndo)
                write.Connection.Execute("UPDATE signatures SET undo_until = 0 WHERE id = @id", new { id });
            else
            {
                // Which of the two acts undoes it follows from its confirmation.
                var confirmedAt = act == SignatureAct.UndoConfirmed ? row.ConfirmedAt : null;
                var wanted = row with { ConfirmedAt = confirmedAt };
                Assert.True(BulkInvalidation.TryUndo(write, fixture.Campaign, wanted, keys, encryption));
            }
            return true;
        });
        if (act == SignatureAct.EndUndo)
            await fixture.Get<InvalidationRetention>().ClearAsync(default);
        return null;
    }
}
