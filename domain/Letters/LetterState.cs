namespace Campaigns.Letters;

/// <summary>The states of a letter, spelled as in the database.</summary>
public static class LetterState
{
    public const string Queued = "queued";
    public const string Sent = "sent";
    public const string Failed = "failed";
    public const string Unknown = "unknown";
    public const string Cancelled = "cancelled";

    public static IReadOnlyList<string> All { get; } = [Queued, Sent, Failed, Unknown, Cancelled];
}
