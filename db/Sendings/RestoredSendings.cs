using System.Data.Common;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Campaigns.Letters;
using Campaigns.Sendings;
using Dapper;

namespace Campaigns.Db.Sendings;

/// <summary>
/// What a restored backup must know of sendings: none goes on by itself, and who got an update
/// after the backup does not get it again.
/// </summary>
internal static class RestoredSendings
{
    private const string HasTable = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'sendings'";

    private const string PauseAll = $"""
        UPDATE sendings SET state = '{SendingState.Paused}', pause_reason = '{PauseReason.Restored}', restored = 0
        WHERE state IN ('{SendingState.Scheduled}', '{SendingState.Sending}', '{SendingState.Paused}')
        """;

    private const string SelectKnown = $$"""
        SELECT subscriber_id FROM update_letters
        WHERE update_id = @updateId AND state <> '{{LetterState.Queued}}' AND subscriber_id IN {=ids}
        """;

    private const string Record = $"""
        INSERT INTO update_letters (id, update_id, subscriber_id, state, created_at, due_at, sent_at)
        VALUES (@id, @UpdateId, @SubscriberId, '{LetterState.Sent}', @At, @At, @At)
        ON CONFLICT (update_id, subscriber_id) DO UPDATE SET state = excluded.state, sent_at = excluded.sent_at,
            attempt = update_letters.attempt + 1, {Lease.End}
        """;

    private const string CountRestored = $"""
        UPDATE sendings SET restored = restored + @count
        WHERE update_id = @updateId AND pause_reason = '{PauseReason.Restored}'
        """;

    // Its letters were deleted on purpose, and it is not sent again.
    private const string IsForgotten = "SELECT count(*) FROM sendings WHERE update_id = @updateId AND done IS NOT NULL";

    private const int LinesPerTransaction = 500;

    /// <summary>Pauses the sendings of a backup that is being restored.</summary>
    public static void Pause(DbConnection copy)
    {
        // A backup may be from before sendings.
        if (copy.QuerySingle<long>(HasTable) > 0)
            copy.Execute(PauseAll);
    }

    /// <summary>
    /// Records the letters of the journal that this database lacks; returns how many.
    /// </summary>
    public static async Task<int> ReplayAsync(
        Database database,
        IReadOnlyList<JournalSentUpdate> lines,
        CancellationToken cancellation
    )
    {
        var replayed = 0;
        foreach (var update in lines.GroupBy(line => line.UpdateId))
            foreach (var chunk in update.Chunk(LinesPerTransaction))
            {
                var missing = FindMissing(database, update.Key, chunk);
                if (missing.Count == 0)
                    continue;
                replayed += await database.Writes.RunAsync(
                    write =>
                    {
                        foreach (var line in missing)
                            write.Connection.Execute(
                                Record,
                                new
                                {
                                    id = write.NextId(),
                                    line.UpdateId,
                                    line.SubscriberId,
                                    line.At,
                                }
                            );
                        write.Connection.Execute(CountRestored, new { updateId = update.Key, count = missing.Count });
                        return missing.Count;
                    },
                    cancellation
                );
            }
        return replayed;
    }

    private static List<JournalSentUpdate> FindMissing(Database database, long updateId, JournalSentUpdate[] lines)
    {
        using var connection = database.Read();
        if (connection.QuerySingle<long>(IsForgotten, new { updateId }) > 0)
            return [];
        var known = connection
            .Query<long>(SelectKnown, new { updateId, ids = lines.Select(line => line.SubscriberId).Distinct() })
            .ToHashSet();
        return [.. lines.Where(line => !known.Contains(line.SubscriberId)).DistinctBy(line => line.SubscriberId)];
    }
}
