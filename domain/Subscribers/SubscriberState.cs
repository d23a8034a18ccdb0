namespace Campaigns.Subscribers;

/// <summary>The states of a subscriber, spelled as in the database.</summary>
public static class SubscriberState
{
    /// <summary>Asked for; the button of the letter is not pressed yet.</summary>
    public const string Pending = "pending";

    /// <summary>Gets updates.</summary>
    public const string Active = "active";

    /// <summary>Gets no updates; only a keyed hash of the address is left.</summary>
    public const string Ended = "ended";
}
