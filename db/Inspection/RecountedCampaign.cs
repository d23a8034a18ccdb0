namespace Campaigns.Db.Inspection;

/// <summary>The last comparison of a campaign's counters with its rows.</summary>
public sealed record RecountedCampaign
{
    public required string Slug { get; init; }

    /// <summary>Null before the first one.</summary>
    public required long? Drift { get; init; }

    public required DateTimeOffset? RecountedAt { get; init; }
}
