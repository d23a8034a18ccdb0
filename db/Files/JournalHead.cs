namespace Campaigns.Db.Files;

/// <summary>A tree head that was published or about to be published.</summary>
public sealed record JournalHead
{
    public required long CampaignId { get; init; }
    public required long Size { get; init; }
    public required string Root { get; init; }

    /// <summary>When the journal recorded it; null unless read from the journal.</summary>
    public DateTimeOffset? At { get; init; }
}
