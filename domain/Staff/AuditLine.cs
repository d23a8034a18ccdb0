namespace Campaigns.Staff;

/// <summary>One line of the audit trail as it is stored; <c>At</c> in milliseconds.</summary>
public sealed record AuditLine
{
    public required long Id { get; init; }
    public required long At { get; init; }

    /// <summary>Null for the operator at the command line.</summary>
    public required long? StaffId { get; init; }
    public required string Action { get; init; }
    public required string? Campaign { get; init; }
    public required string? Subject { get; init; }
    public required string? Detail { get; init; }
}
