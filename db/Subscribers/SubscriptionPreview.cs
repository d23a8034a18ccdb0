namespace Campaigns.Db.Subscribers;

/// <summary>What a link of a subscription is about.</summary>
/// <param name="CampaignId">The campaign.</param>
/// <param name="Locale">The language of the subscription; null once it has ended.</param>
/// <param name="IsDone">True if what the link does was done before.</param>
public sealed record SubscriptionPreview(long CampaignId, string? Locale, bool IsDone);
