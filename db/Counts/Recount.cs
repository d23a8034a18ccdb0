namespace Campaigns.Db.Counts;

/// <summary>The result of the last recount of a campaign; a <c>Drift</c> of 0 is healthy.</summary>
public sealed record Recount
{
    public required long Drift { get; init; }
    public required DateTimeOffset RecountedAt { get; init; }
}
