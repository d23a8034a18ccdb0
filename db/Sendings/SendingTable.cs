using System.Data.Common;
using Campaigns.Db.Engine;
using Campaigns.Letters;
using Campaigns.Sendings;
using Dapper;

namespace Campaigns.Db.Sendings;

/// <summary>Reads and changes the rows of sendings in the caller's transaction.</summary>
internal static class SendingTable
{
    private const string SelectOne = $"{SendingRow.Select} WHERE s.update_id = @updateId";

    private const string Lock = "SELECT update_id FROM sendings WHERE update_id = @updateId {for_update}";

    private const string CountDone = $"""
        SELECT count(*) AS done,
               COALESCE(SUM(CASE WHEN state IN ('{LetterState.Failed}', '{LetterState.Unknown}') THEN 1 ELSE 0 END), 0)
                   AS failed
        FROM update_letters WHERE update_id = @updateId AND state <> '{LetterState.Queued}'
        """;

    private const string CountLetters = "SELECT count(*) FROM update_letters WHERE update_id = @UpdateId";

    private const string SetStarted = """
        UPDATE sendings SET started_at = @now, last_subscriber = @Last, total = @Total, walked = 0
        WHERE update_id = @UpdateId AND started_at IS NULL
        """;

    private const string SetState = """
        UPDATE sendings SET state = @state, pause_reason = @reason, ended_at = @endedAt WHERE update_id = @updateId
        """;

    public static SendingRow? Find(DbConnection connection, long updateId) =>
        connection.QuerySingleOrDefault<SendingRow>(SelectOne, new { updateId });

    /// <summary>The row, locked until the transaction ends.</summary>
    public static SendingRow? Find(WriteTransaction write, long updateId)
    {
        write.Connection.Query<long>(write.Sql(Lock), new { updateId });
        return Find(write.Connection, updateId);
    }

    public static DoneLetters Count(DbConnection connection, long updateId)
    {
        var row = connection.QuerySingle<DoneRow>(CountDone, new { updateId });
        return new DoneLetters(row.Done, row.Failed);
    }

    /// <summary>How many subscribers an audience has now.</summary>
    public static long Count(DbConnection connection, long campaignId, Audience audience)
    {
        var parameters = new DynamicParameters();
        return Read(connection, AudienceSql.Condition(campaignId, audience, parameters), parameters).Total;
    }

    /// <summary>
    /// Lets letters leave. The first time it freezes the audience: those who are subscribed now.
    /// </summary>
    public static void Start(WriteTransaction write, SendingRow row)
    {
        // The condition of the walk, and those who have a letter of a sending that was cancelled.
        var parameters = new DynamicParameters(new { updateId = row.UpdateId, startedAt = write.Now });
        var condition = AudienceSql.Condition(row.CampaignId, row.Audience, parameters);
        var audience = Read(write.Connection, $"{condition} AND {AudienceSql.HasNoLetter}", parameters);
        var letters = write.Connection.QuerySingle<long>(CountLetters, new { row.UpdateId });
        write.Connection.Execute(
            SetStarted,
            new
            {
                row.UpdateId,
                now = write.Now,
                audience.Last,
                Total = audience.Total + letters,
            }
        );
        Set(write, row.UpdateId, SendingState.Sending);
    }

    /// <param name="write">The transaction.</param>
    /// <param name="updateId">The update.</param>
    /// <param name="state">One of <see cref="SendingState"/>.</param>
    /// <param name="reason">Why it is paused; null for another state.</param>
    public static void Set(WriteTransaction write, long updateId, string state, string? reason = null) =>
        write.Connection.Execute(
            SetState,
            new
            {
                updateId,
                state,
                reason,
                endedAt = state is SendingState.Sent or SendingState.Cancelled ? write.Now : (DateTimeOffset?)null,
            }
        );

    private static AudienceRow Read(DbConnection connection, string condition, DynamicParameters parameters) =>
        connection.QuerySingle<AudienceRow>(
            $"SELECT count(*) AS total, COALESCE(max(id), 0) AS last FROM subscribers WHERE {condition}",
            parameters
        );

    private sealed class AudienceRow
    {
        public required long Total { get; init; }
        public required long Last { get; init; }
    }

    private sealed class DoneRow
    {
        public required long Done { get; init; }
        public required long Failed { get; init; }
    }
}
