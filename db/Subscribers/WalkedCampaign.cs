namespace Campaigns.Db.Subscribers;

/// <summary>How far the ledger of a campaign was walked for subscribers.</summary>
public sealed record WalkedCampaign
{
    public required long CampaignId { get; init; }

    /// <summary>The lines before this one.</summary>
    public required long Walked { get; init; }

    /// <summary>The lines that there are.</summary>
    public required long Size { get; init; }
}
