namespace Campaigns.Subscribers;

/// <summary>Who becomes a subscriber, and when a subscription ends.</summary>
public static class SubscriberRules
{
    /// <summary>
    /// True if a consent subscribes an address whose earlier subscription has ended: only one that
    /// was given since.
    /// </summary>
    public static bool Revives(DateTimeOffset consentedAt, DateTimeOffset endedAt) => consentedAt >= endedAt;

    /// <summary>
    /// True if an end that the journal has concerns this subscription: it began before.
    /// </summary>
    public static bool Ends(DateTimeOffset endedAt, DateTimeOffset consentedAt) => consentedAt <= endedAt;

    /// <summary>
    /// Subscriptions whose last update was sent before this instant, or that began before it and
    /// got none, are over.
    /// </summary>
    public static DateTimeOffset TermBegins(DateTimeOffset now, int keepMonths) => now.AddMonths(-keepMonths);

    /// <summary>
    /// Until when the links of a replaced key are needed: the last letter that has one left before
    /// the key was replaced.
    /// </summary>
    public static DateTimeOffset LinksEnd(DateTimeOffset replacedAt, int keepMonths) =>
        replacedAt.AddMonths(keepMonths);
}
