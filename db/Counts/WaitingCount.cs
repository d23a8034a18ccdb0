namespace Campaigns.Db.Counts;

/// <summary>
/// How much of a campaign waits for staff. <c>OldestAt</c> is null where it is not known.
/// </summary>
public sealed record WaitingCount(long CampaignId, long Count, DateTimeOffset? OldestAt);
