namespace Campaigns.Ledger;

/// <summary>What a comparison of a signed head with its lines found.</summary>
public static class LedgerVerdict
{
    /// <summary>The lines give the root and the counts that were signed.</summary>
    public const string Agrees = "agrees";

    /// <summary>A line is no ledger entry, or does not follow from the lines before it.</summary>
    public const string InvalidLine = "invalid-line";
    public const string MissingLines = "missing-lines";
    public const string OtherRoot = "other-root";
    public const string OtherCounts = "other-counts";

    /// <summary>No key of this program signed the head, or it signed another one.</summary>
    public const string InvalidSignature = "invalid-signature";

    public static IReadOnlyList<string> All { get; } =
    [Agrees, InvalidLine, MissingLines, OtherRoot, OtherCounts, InvalidSignature];

    /// <summary>
    /// Compares the replayed lines with a head. <paramref name="payload"/> is the verified payload
    /// of the head's signature; null if the signature is not valid.
    /// </summary>
    public static string Of(LedgerReplay replay, TreeHead head, TreeHead? payload)
    {
        if (payload is null || !payload.Payload().AsSpan().SequenceEqual(head.Payload()))
            return InvalidSignature;
        if (replay.Size < head.Size)
            return MissingLines;
        if (Convert.ToHexStringLower(replay.Root()) != head.Root)
            return OtherRoot;
        return TreeHead.CountsText(replay.Counts) == TreeHead.CountsText(head.Counts) ? Agrees : OtherCounts;
    }
}
