namespace Campaigns.Packets;

/// <summary>What a member should know before an order, spelled as in the contract.</summary>
public static class PreviewWarning
{
    /// <summary>Another member has to approve the packet.</summary>
    public const string ApprovalNeeded = "approval-needed";

    /// <summary>The recipient may see less than was asked for.</summary>
    public const string DisclosureLowered = "disclosure-lowered";

    /// <summary>The cut-off becomes that of another packet nearby.</summary>
    public const string CutOffMoved = "cut-off-moved";

    /// <summary>The packet has no signature.</summary>
    public const string NoSignatures = "no-signatures";

    /// <summary>The warnings about an order.</summary>
    /// <param name="order">The order.</param>
    /// <param name="asked">The disclosure asked for.</param>
    /// <param name="moved">True if the cut-off becomes another packet's.</param>
    /// <param name="preview">What the packet would show.</param>
    public static IReadOnlyList<string> Find(PacketOrder order, Disclosure asked, bool moved, PacketPreview preview) =>
        [
            .. ApprovalRules.IsNeeded(order.Recipient.Risk, order.Disclosure, order.Recipient.MaxDisclosure)
                ? [ApprovalNeeded]
                : Array.Empty<string>(),
            .. order.Disclosure < asked ? [DisclosureLowered] : Array.Empty<string>(),
            .. moved ? [CutOffMoved] : Array.Empty<string>(),
            .. preview.Counts.Values.Sum(counts => counts.Signatures) == 0 ? [NoSignatures] : Array.Empty<string>(),
        ];
}
