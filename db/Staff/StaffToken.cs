namespace Campaigns.Db.Staff;

/// <summary>A personal access token of a member, without its secret.</summary>
public sealed record StaffToken
{
    public required long Id { get; init; }
    public required string Name { get; init; }

    /// <summary>True for a token that may only read, and no files, people or subscribers.</summary>
    public required bool ReadOnly { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Null for a token of the command line, which has no end.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was last used, to the hour.</summary>
    public required DateTimeOffset? UsedAt { get; init; }
}
