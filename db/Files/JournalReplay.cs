namespace Campaigns.Db.Files;

/// <summary>
/// The content of the journal, file by file, oldest first. <c>Unreadable</c> counts lines that a
/// crash cut off; their changes were never committed.
/// </summary>
public sealed record JournalReplay(
    IReadOnlyList<JournalEntry> Acts,
    IReadOnlyList<JournalHead> Heads,
    IReadOnlyList<JournalRevocation> Revocations,
    IReadOnlyList<JournalErasure> Erasures,
    IReadOnlyList<JournalUnsubscription> Unsubscriptions,
    IReadOnlyList<JournalSentUpdate> SentUpdates,
    int Unreadable
);
