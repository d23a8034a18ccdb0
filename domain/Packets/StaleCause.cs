using Campaigns.Ledger;

namespace Campaigns.Packets;

/// <summary>Why a packet becomes stale, spelled as in the database.</summary>
public static class StaleCause
{
    /// <summary>A signer withdrew or erased the signature.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>A signer shows less.</summary>
    public const string Lowered = "lowered";

    /// <summary>What is printed of a signer was corrected.</summary>
    public const string Corrected = "corrected";

    /// <summary>Staff invalidated a signature.</summary>
    public const string Invalidated = "invalidated";

    /// <summary>The recipient may see less, has another name or address, or is gone.</summary>
    public const string Recipient = "recipient";

    /// <summary>
    /// Data was erased at the end of its term, or lines of the ledger were imported.
    /// </summary>
    public const string Campaign = "campaign";

    /// <summary>The cause that a line of the ledger with this reason is.</summary>
    public static string OfRemoval(string reason) => reason == LedgerLine.Invalidated ? Invalidated : Withdrawn;
}
