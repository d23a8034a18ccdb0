using Campaigns.Letters;

namespace Campaigns.Db.Bounces;

/// <summary>The mailboxes of a claim that get no letters, or only some.</summary>
internal sealed class StoppedMailboxes(IReadOnlyDictionary<string, MailboxRecord> records, DateTimeOffset now)
{
    public static StoppedMailboxes None { get; } =
        new(new Dictionary<string, MailboxRecord>(), DateTimeOffset.UnixEpoch);

    /// <summary>
    /// True if the mailbox does not get a letter that was asked for at <paramref name="askedAt"/>.
    /// </summary>
    public bool Has(string normalised, DateTimeOffset askedAt) =>
        records.TryGetValue(normalised, out var record) && BounceRules.Stops(record, askedAt, now);
}
