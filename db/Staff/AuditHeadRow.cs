namespace Campaigns.Db.Staff;

internal sealed class AuditHeadRow
{
    public required long Size { get; init; }
    public required string Hash { get; init; }

    /// <summary>The first link that is stored.</summary>
    public required long First { get; init; }

    /// <summary>The hash of the link before it.</summary>
    public required string FirstHash { get; init; }
}
