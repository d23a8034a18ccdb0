using Campaigns.Db.Keys;
using Campaigns.Db.Writes;
using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Db.Ledger;

/// <summary>The sealed ledgers: lines, tiles and signed heads.</summary>
public sealed class LedgerStore(KeyRing keys)
{
    private const string InsertHead = """
        INSERT INTO ledger_heads (campaign_id, size, root, sealed_at, counts, jws, journaled) VALUES (@campaignId, @size, @root, @sealedAt, @counts, @jws, @journaled)
        """;

    /// <summary>An empty ledger has a signed head too. Written with its campaign; nothing about it needs the journal.</summary>
    public void WriteEmptyHead(WriteTransaction write, long campaignId, string slug)
    {
        var head = new LedgerHead(slug, 0, Convert.ToHexStringLower(MerkleTree.EmptyRoot()), write.Now, new Dictionary<string, long>());
        write.Connection.Execute(InsertHead, new
        {
            campaignId,
            size = 0L,
            root = head.Root,
            sealedAt = head.SealedAt.ToUnixTimeMilliseconds(),
            counts = LedgerHead.CountsText(head.Counts),
            jws = Sign(head),
            journaled = 1,
        });
    }

#pragma warning disable CA1822 // Reads the ledger once it is sealed.
    /// <summary>The receipt of the entry <paramref name="n"/> at the newest served head; <c>not-yet-sealed</c> before.</summary>
    public Outcome<Receipt> FindReceipt(Campaign campaign, long n, byte[] ledgerKey, string textHash, string country, string normalisedEmail) => Refusal.NotYetSealed;

    private string Sign(LedgerHead head)
    {
        using var key = keys.CurrentSigning.Open();
        return Jws.Sign(head.Payload(), key, keys.CurrentSigning.Kid);
    }
}
