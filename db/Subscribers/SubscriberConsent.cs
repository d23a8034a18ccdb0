namespace Campaigns.Db.Subscribers;

/// <summary>A consent to get updates.</summary>
/// <param name="GivenAt">When it was given.</param>
/// <param name="NoticeVersion">The version of the privacy notice that was shown.</param>
/// <param name="WordingHash">The hash of the words that were agreed to.</param>
internal sealed record SubscriberConsent(DateTimeOffset GivenAt, string NoticeVersion, string WordingHash);
