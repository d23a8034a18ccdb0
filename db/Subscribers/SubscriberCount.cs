namespace Campaigns.Db.Subscribers;

/// <summary>How many active subscribers of a campaign have a country and a language.</summary>
public sealed record SubscriberCount
{
    /// <summary>Null for those who did not say where they live.</summary>
    public required string? Country { get; init; }
    public required string Locale { get; init; }
    public required long Subscribers { get; init; }
}
