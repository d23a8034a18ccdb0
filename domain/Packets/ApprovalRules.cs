namespace Campaigns.Packets;

/// <summary>
/// When a second member has to approve a packet, and who may. An approval belongs to one packet, so
/// to its cut-off, countries and disclosure.
/// </summary>
public static class ApprovalRules
{
    /// <summary>
    /// True if the packet may show people to a recipient of high risk: by the disclosure it may
    /// have, whatever signers chose.
    /// </summary>
    public static bool IsNeeded(string risk, Disclosure packet, Disclosure recipientMost) =>
        risk == Recipient.HighRisk && Disclosures.Lower(packet, recipientMost) > Disclosure.Count;

    /// <summary>
    /// True if an approval lets a build begin. That of a member who left before the build does not:
    /// someone who still answers for it has to agree.
    /// </summary>
    /// <param name="state">The state of the approval; null without one.</param>
    /// <param name="approverLeft">True once the membership of the approver has ended.</param>
    public static bool Counts(string? state, bool approverLeft) => state == ApprovalState.Approved && !approverLeft;

    /// <summary>Refuses a decision of the member who asked: two people must have looked.</summary>
    public static Refusal? RefuseDecision(long? member, long requestedBy) =>
        member == requestedBy ? Refusal.OwnRequest : null;
}
