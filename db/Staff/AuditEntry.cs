namespace Campaigns.Db.Staff;

/// <summary>
/// One line of the audit trail. A null <c>Staff</c> means the operator at the command line.
/// </summary>
public sealed record AuditEntry(
    string Id,
    DateTimeOffset At,
    string? Staff,
    string Action,
    string? Campaign,
    string? Subject,
    string? Detail
);
