namespace Campaigns.Db.Sharing;

/// <summary>A share code of a campaign with its figures.</summary>
public sealed class ShareCode
{
    public required string Code { get; init; }

    /// <summary>What staff call it.</summary>
    public required string Title { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required long Visits { get; init; }
    public required long Forms { get; init; }
}
