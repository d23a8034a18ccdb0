namespace Campaigns.Db.Packets;

/// <summary>The stale packets of a campaign.</summary>
public sealed record StalePacketCount
{
    public required long CampaignId { get; init; }
    public required long Packets { get; init; }
    public required DateTimeOffset OldestAt { get; init; }
}
