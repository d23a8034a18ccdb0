using Campaigns.Staff;

namespace Campaigns.Db.Inspection;

/// <summary>What a check of the audit trail found.</summary>
/// <param name="Head">The newest link; its hash is in every certificate of a packet.</param>
/// <param name="Ended">Links whose lines were deleted after their time, among those stored.</param>
/// <param name="Waiting">Lines that have no link yet.</param>
/// <param name="Fault">The first fault; null if there is none.</param>
public sealed record CheckedAudit(AuditHead Head, long Ended, long Waiting, AuditFault? Fault)
{
    public string Message =>
        Fault?.Message
        ?? $"{Plural.Count(Head.Size, "link")} of the audit trail, all true; newest hash {Head.Hash}. "
            + $"{Plural.Count(Waiting, "line")} to be linked.";
}
