namespace Campaigns.Letters;

/// <summary>What mail servers and providers said of a mailbox, over all campaigns.</summary>
public sealed record MailboxRecord
{
    public static MailboxRecord Empty { get; } = new();

    /// <summary>When it was missing first; null if it was not.</summary>
    public DateTimeOffset? MissingAt { get; init; }

    /// <summary>The last soft refusals, oldest first.</summary>
    public IReadOnlyList<DateTimeOffset> Softs { get; init; } = [];

    /// <summary>Until when no campaign mails it; null if none stops.</summary>
    public DateTimeOffset? SuppressedUntil { get; init; }

    /// <summary>When its reader complained last; null if they did not.</summary>
    public DateTimeOffset? ComplainedAt { get; init; }
}
