using System.Data.Common;
using Campaigns.Db.Engine;
using Campaigns.Db.Engine.Sqlite;
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

    // Nothing is left to send of the first; the letters of the others were deleted on purpose, and they end there.
    private const string SelectOver =
        $"SELECT update_id FROM sendings WHERE state = '{SendingState.Sent}' OR done IS NOT NULL";

    private const int LinesPerTransaction = 500;

    /// <summary>Pauses the sendings of a backup that is being restored.</summary>
    public static void Pause(DbConnection copy)
    {
        // A backup may be from before sendings.
        if (copy.QuerySingle<bool>(SqliteDialect.SelectHasTable, new { table = "sendings" }))
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
        var over = FindOver(database);
        var chunks = lines
            .Where(line => !over.Contains(line.UpdateId))
            .GroupBy(line => line.UpdateId)
            .SelectMany(update => update.Chunk(LinesPerTransaction));
        var replayed = 0;
        foreach (var chunk in chunks)
        {
            var missing = FindMissing(database, chunk);
            if (missing.Count > 0)
                replayed += await database.Writes.RunAsync(write => RecordAll(write, missing), cancellation);
        }
        return replayed;
    }

    private static int RecordAll(WriteTransaction write, List<JournalSentUpdate> missing)
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
        write.Connection.Execute(CountRestored, new { updateId = missing[0].UpdateId, count = missing.Count });
        return missing.Count;
    }

    private static HashSet<long> FindOver(Database database)
    {
        using var connection = database.Read();
        return [.. connection.Query<long>(SelectOver)];
    }

    // The lines are of one update.
    private static List<JournalSentUpdate> FindMissing(Database database, JournalSentUpdate[] lines)
    {
        using var connection = database.Read();
        var known = connection
            .Query<long>(
                SelectKnown,
                new { updateId = lines[0].UpdateId, ids = lines.Select(line => line.SubscriberId).Distinct() }
            )
            .ToHashSet();
        return [.. lines.Where(line => !known.Contains(line.SubscriberId)).DistinctBy(line => line.SubscriberId)];
    }
}
