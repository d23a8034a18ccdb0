using Campaigns.Ledger;

namespace Campaigns.Packets;

/// <summary>
/// Follows a replay of the ledger: the root at the cut-off of an earlier packet, and how many of
/// its signatures are still counted afterwards.
/// </summary>
internal sealed class EarlierLines(EarlierPacket? packet)
{
    private Dictionary<string, long>? _counts;

    /// <summary>True once the ledger was found to have another root at that cut-off.</summary>
    public bool IsOfAnotherRoot { get; private set; }

    /// <summary>The counted ones by country; empty without an earlier packet.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts ?? [];

    /// <summary>Looks at the replay before its next line.</summary>
    public void Look(LedgerReplay replay)
    {
        if (packet is null || _counts is not null || replay.Size != packet.CutOff.Size)
            return;
        _counts = new(replay.Counts, StringComparer.Ordinal);
        IsOfAnotherRoot = Convert.ToHexStringLower(replay.Root()) != packet.CutOff.Root;
    }

    /// <summary>Follows a line that the replay accepted.</summary>
    public void Follow(LedgerLine line)
    {
        if (_counts is not null && line.Of < packet!.CutOff.Size)
            _counts[line.Country]--;
    }
}
