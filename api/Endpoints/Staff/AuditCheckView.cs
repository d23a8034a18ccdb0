using Campaigns.Db.Inspection;
using Campaigns.Staff;

namespace Campaigns.Api.Endpoints.Staff;

/// <summary>What a check of the audit trail found; <c>Fault</c> is null if all is true.</summary>
internal sealed record AuditCheckView(long Links, string Hash, long Waiting, AuditFaultView? Fault)
{
    public static readonly AuditCheckView Example = new(
        1520,
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        0,
        new AuditFaultView("line-changed", 17, "463856467968002048")
    );

    public static AuditCheckView From(CheckedAudit found) =>
        new(
            found.Head.Size,
            found.Head.Hash,
            found.Waiting,
            found.Fault is { } fault
                ? new AuditFaultView(Word(fault.Kind), fault.Link, fault.Line is { } line ? Ids.Text(line) : null)
                : null
        );

    private static string Word(AuditFaultKind kind) =>
        kind switch
        {
            AuditFaultKind.LineChanged => "line-changed",
            AuditFaultKind.LineDeleted => "line-deleted",
            AuditFaultKind.LineInserted => "line-inserted",
            AuditFaultKind.LinkChanged => "link-changed",
            _ => "link-missing",
        };
}
