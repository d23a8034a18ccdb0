namespace Campaigns;

/// <summary>Who changes a campaign, and when.</summary>
/// <param name="MayEraseSooner">True for an administrator.</param>
/// <param name="Now">The current time.</param>
public readonly record struct CampaignEdit(bool MayEraseSooner, DateTimeOffset Now);
