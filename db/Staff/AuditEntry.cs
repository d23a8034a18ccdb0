namespace Campaigns.Db.Staff;

/// <summary>
/// One line of the audit trail. <c>Staff</c> is the name of the member and <c>Member</c> their id;
/// both are null for the operator at the command line.
/// </summary>
public sealed record AuditEntry(
    string Id,
    DateTimeOffset At,
    string? Staff,
    string Action,
    string? Campaign,
    string? Subject,
    string? Detail,
    string? Member
);
