namespace Campaigns.Db.Packets;

/// <summary>Packets of a campaign, and when the oldest of them was requested.</summary>
public sealed record CampaignPackets
{
    public required long CampaignId { get; init; }
    public required long Packets { get; init; }
    public required DateTimeOffset OldestAt { get; init; }
}
