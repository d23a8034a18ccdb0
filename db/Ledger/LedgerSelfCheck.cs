using Campaigns.Crypto;
using Campaigns.Db.Keys;
using Campaigns.Ledger;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Recomputes root and counts of a served head from its lines, as anyone can from the published
/// ledger. Lines below a head never change, so short reads see one snapshot. It writes nothing, so
/// signing does not wait for it.
/// </summary>
public sealed class LedgerSelfCheck(LedgerStore ledger, KeyRing keys)
{
    /// <summary>Returns one of <see cref="LedgerVerdict.All"/>.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="head">One of its heads.</param>
    /// <param name="progress">Gets the number of lines that were read.</param>
    /// <param name="cancellation">Ends the check.</param>
    public string Run(Campaign campaign, SignedTreeHead head, Action<long> progress, CancellationToken cancellation)
    {
        var replay = new LedgerReplay();
        while (
            replay.Size < head.Size && ledger.ReadLines(campaign.Id, replay.Size, head.Size) is { Count: > 0 } lines
        )
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var line in lines)
                if (replay.Add(line) is not null)
                    return LedgerVerdict.InvalidLine;
            progress(replay.Size);
        }
        return LedgerVerdict.Of(
            replay,
            new TreeHead(campaign.Slug, head.Size, head.Root, head.SealedAt, head.Counts),
            Jws.Verify(head.Jws, PublicKeys()) is { } payload ? TreeHead.Parse(payload) : null
        );
    }

    private JwkSet PublicKeys()
    {
        var set = new JwkSet();
        foreach (var signing in keys.Signing)
        {
            using var key = signing.Open();
            set.Add(key);
        }
        return set;
    }
}
