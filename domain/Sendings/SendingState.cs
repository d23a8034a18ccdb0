namespace Campaigns.Sendings;

/// <summary>The states of a sending, spelled as in the database.</summary>
public static class SendingState
{
    /// <summary>It waits for the time that staff chose.</summary>
    public const string Scheduled = "scheduled";
    public const string Sending = "sending";
    public const string Paused = "paused";

    /// <summary>Every letter of the audience has its outcome.</summary>
    public const string Sent = "sent";

    /// <summary>Staff ended it early; it can begin again.</summary>
    public const string Cancelled = "cancelled";
}
