using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Subscribers;
using Dapper;

namespace Campaigns.Db.Subscribers;

/// <summary>
/// Ends subscriptions: in the row, of which only the keyed hash is left, and in the journal, so
/// that a restored backup does not undo what a person ended.
/// </summary>
internal static class EndedSubscriptions
{
    /// <summary>What leaves only the keyed hash of the address.</summary>
    internal const string Clear = $"""
        state = '{SubscriberState.Ended}', source = NULL, address = NULL, locale = NULL, country = NULL,
        consented_at = NULL, privacy_version = NULL, wording_hash = NULL, expires_at = NULL, term_from = NULL,
        active_since = NULL, generation = generation + 1
        """;

    private const string EndRow = $"""
        UPDATE subscribers SET {Clear}, ended_at = @at, end_reason = @reason
        WHERE campaign_id = @CampaignId AND id = @Id AND state <> '{SubscriberState.Ended}'
        """;

    /// <summary>They tell when the person asked, and how the mailbox answered.</summary>
    internal const string DeleteLetters = "DELETE FROM letters WHERE campaign_id = @CampaignId AND subscriber_id = @Id";

    private const string SelectStored = $$"""
        SELECT id, consented_at FROM subscribers
        WHERE campaign_id = @campaignId AND id IN {=ids} AND state <> '{{SubscriberState.Ended}}'
        """;

    private const int LinesPerTransaction = 500;

    /// <summary>For the person or their mailbox. Does nothing for an ended row.</summary>
    public static void End(WriteTransaction write, SubscriberRow row, string reason)
    {
        if (!Apply(write, row.CampaignId, row.Id, write.Now, reason))
            return;
        write.Journal(new JournalUnsubscription(write.Now, row.CampaignId, row.Id));
    }

    /// <summary>Ends without a journal entry. False if it is ended already.</summary>
    public static bool Apply(WriteTransaction write, long campaignId, long id, DateTimeOffset at, string reason)
    {
        var keys = new
        {
            CampaignId = campaignId,
            Id = id,
            at,
            reason,
        };
        if (write.Connection.Execute(EndRow, keys) == 0)
            return false;
        write.Connection.Execute(DeleteLetters, keys);
        return true;
    }

    /// <summary>
    /// Applies the lines of the journal that this database lacks; returns how many.
    /// </summary>
    public static async Task<int> ReplayAsync(
        Database database,
        IReadOnlyList<JournalUnsubscription> lines,
        CancellationToken cancellation
    )
    {
        var replayed = 0;
        foreach (var chunk in lines.Chunk(LinesPerTransaction))
        {
            var pending = FindPending(database, chunk);
            if (pending.Count > 0)
                replayed += await database.Writes.RunAsync(
                    write =>
                        pending.Count(line =>
                            Apply(write, line.CampaignId, line.SubscriberId, line.At, SubscriberEnd.Unsubscribed)
                        ),
                    cancellation
                );
        }
        return replayed;
    }

    // A person who subscribed again after the end stays a subscriber.
    private static List<JournalUnsubscription> FindPending(Database database, JournalUnsubscription[] lines)
    {
        using var connection = database.Read();
        var stored = lines
            .GroupBy(line => line.CampaignId, line => line.SubscriberId)
            .SelectMany(ids =>
                connection.Query<StoredRow>(SelectStored, new { campaignId = ids.Key, ids = ids.Distinct() })
            )
            .ToDictionary(row => row.Id);
        return
        [
            .. lines.Where(line =>
                stored.TryGetValue(line.SubscriberId, out var row) && SubscriberRules.Ends(line.At, row.ConsentedAt)
            ),
        ];
    }

    private sealed class StoredRow
    {
        public required long Id { get; init; }
        public required DateTimeOffset ConsentedAt { get; init; }
    }
}
