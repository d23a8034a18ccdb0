namespace Campaigns.Db.Counts;

/// <summary>The totals of a campaign.</summary>
public sealed record CampaignTotals(long CampaignId, long Confirmed, long Held, long Withdrawn);
