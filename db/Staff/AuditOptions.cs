using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db.Staff;

/// <summary>The settings <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    /// <summary>How many years the audit trail and the names of ended members stay.</summary>
    [Range(1, 100)]
    public int KeepYears { get; set; } = 6;
}
