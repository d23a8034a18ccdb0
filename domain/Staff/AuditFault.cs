namespace Campaigns.Staff;

/// <summary>Where the chain over the audit trail breaks first.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Link">The number of the link; null for a line without one.</param>
/// <param name="Line">The id of the line; null where it is unknown.</param>
public sealed record AuditFault(AuditFaultKind Kind, long? Link, long? Line)
{
    public string Message =>
        Kind switch
        {
            AuditFaultKind.LineChanged => $"Line {Line} of the audit trail (link {Link}) was changed.",
            AuditFaultKind.LineDeleted when Line is null =>
                $"The line of link {Link} of the audit trail was deleted before its time.",
            AuditFaultKind.LineDeleted => $"Line {Line} of the audit trail was deleted.",
            AuditFaultKind.LineInserted => $"Line {Line} of the audit trail was inserted: no link covers it.",
            AuditFaultKind.LinkChanged => $"Link {Link} of the audit trail was changed.",
            _ => $"Link {Link} of the audit trail is missing.",
        };
}
