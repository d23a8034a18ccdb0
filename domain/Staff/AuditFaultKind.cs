namespace Campaigns.Staff;

public enum AuditFaultKind
{
    LineChanged,
    LineDeleted,
    LineInserted,
    LinkChanged,
    LinkMissing,
}
