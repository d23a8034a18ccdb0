namespace Campaigns.Db.Staff;

/// <summary>What a member of staff sees of a campaign at one look.</summary>
public sealed record LookFigures(long CampaignId, long Confirmed, long Held, long Withdrawn);
