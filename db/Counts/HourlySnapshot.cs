using System.Data.Common;
using Campaigns.Letters;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>
/// The figures about people who have not confirmed, as of the last full hour. Live figures would
/// show a member of staff who signs for an address whether the address was known.
/// </summary>
public sealed class HourlySnapshot(Database database, TimeProvider time)
{
    /// <summary>The buckets that change when an unconfirmed person signs.</summary>
    internal static readonly IReadOnlyList<string> Buckets =
    [
        SignatureState.Pending,
        SignatureState.Held,
        SignatureState.Expired,
    ];

    private const string FindTaken = "SELECT taken_at FROM hourly_snapshot";

    private const string Begin = """
        INSERT INTO hourly_snapshot (id, taken_at) VALUES (1, @now) ON CONFLICT (id) DO NOTHING
        """;

    // One of several workers updates the row; the others wait and then find it new.
    private const string Take = "UPDATE hourly_snapshot SET taken_at = @now WHERE taken_at < @hour";

    private const string Clear =
        "DELETE FROM hourly_counters; DELETE FROM hourly_letters; DELETE FROM hourly_letter_days";

    private static readonly string _copyCounters = $"""
        INSERT INTO hourly_counters (campaign_id, country, state, value)
        SELECT campaign_id, country, state, CAST(SUM(value) AS bigint) FROM counters
        WHERE {SqlCondition.IsOneOf("state", Buckets)} GROUP BY campaign_id, country, state
        """;

    private const string CountLetters = """
        SELECT campaign_id, kind, state, count(*) AS value FROM letters
        WHERE campaign_id IN (SELECT id FROM campaigns WHERE sensitive = 1) GROUP BY campaign_id, kind, state
        """;

    private const string InsertLetters = """
        INSERT INTO hourly_letters (campaign_id, kind, state, value) VALUES (@CampaignId, @Kind, @State, @Value)
        """;

    private const string CopyLetterDays = """
        INSERT INTO hourly_letter_days (campaign_id, day, fate, code, value)
        SELECT campaign_id, day, fate, code, CAST(SUM(value) AS bigint) FROM letter_days
        WHERE campaign_id IN (SELECT id FROM campaigns WHERE sensitive = 1) AND day > @before
        GROUP BY campaign_id, day, fate, code
        """;

    private const string SelectCounters =
        "SELECT country, state, value FROM hourly_counters WHERE campaign_id = @campaignId";

    /// <summary>
    /// Copies the figures when a new hour has begun since the last copy. A new database gets its
    /// first copy at the next full hour.
    /// </summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var now = time.UtcNow();
        List<LettersRow> letters;
        using (var connection = database.Read())
        {
            if (FindTakenAt(connection) is { } taken && taken >= now.FullHour())
                return;
            // Counted before the write, because signers wait behind it.
            letters = connection.Query<LettersRow>(CountLetters).AsList();
        }
        await database.Writes.RunAsync(
            write =>
            {
                var at = new { now = now.ToUnixTimeMilliseconds(), hour = now.FullHour().ToUnixTimeMilliseconds() };
                if (write.Connection.Execute(Begin, at) == 1 || write.Connection.Execute(Take, at) == 0)
                    return false;
                write.Connection.Execute(Clear);
                write.Connection.Execute(_copyCounters);
                write.Connection.Execute(InsertLetters, letters);
                var before = Instant.Text(Instant.Day(now).AddDays(-LetterFate.DaysShown));
                write.Connection.Execute(CopyLetterDays, new { before });
                return true;
            },
            cancellationToken
        );
    }

    /// <summary>When the figures were copied; null before the first copy.</summary>
    internal static DateTimeOffset? FindTakenAt(DbConnection connection) =>
        connection.QuerySingleOrDefault<long?>(FindTaken) is { } taken ? Instant.FromMilliseconds(taken) : null;

    /// <summary>The counters of a campaign as they were copied.</summary>
    internal static IReadOnlyList<CounterRow> Counters(DbConnection connection, long campaignId) =>
        connection.Query<CounterRow>(SelectCounters, new { campaignId }).AsList();

    private sealed class LettersRow
    {
        public required long CampaignId { get; init; }
        public required string Kind { get; init; }
        public required string State { get; init; }
        public required long Value { get; init; }
    }
}
