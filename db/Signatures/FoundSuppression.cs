namespace Campaigns.Db.Signatures;

/// <summary>A suppression of the address that was asked for.</summary>
public sealed record FoundSuppression
{
    public required long Id { get; init; }

    /// <summary>Null if it stops the letters of all campaigns.</summary>
    public required long? CampaignId { get; init; }

    /// <summary><c>not-me</c>, <c>bounced</c> or <c>complained</c>.</summary>
    public required string Reason { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset Until { get; init; }
}
