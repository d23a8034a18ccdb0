namespace Campaigns.Subscribers;

/// <summary>Why a subscription ended, spelled as in the database.</summary>
public static class SubscriberEnd
{
    /// <summary>The person pressed the button, or their mail program did.</summary>
    public const string Unsubscribed = "unsubscribed";

    /// <summary>The mail provider reported a complaint.</summary>
    public const string Complained = "complained";

    /// <summary>The person erased their data.</summary>
    public const string Erased = "erased";

    /// <summary>No update was sent for a long time.</summary>
    public const string Term = "term";

    /// <summary>The campaign was archived some time ago.</summary>
    public const string Archived = "archived";
}
