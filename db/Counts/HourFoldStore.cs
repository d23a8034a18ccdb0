using Campaigns.Db.Engine;
using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>
/// Adds the counters of hours that are no longer kept to the midnight of their day (see
/// <see cref="CountedHours"/>).
/// </summary>
public sealed class HourFoldStore(Database database, TimeProvider time)
{
    private const string SelectCampaigns = "SELECT id FROM campaigns ORDER BY id";

    // The providers have a counter whenever the countries have one.
    private const string SelectDays = """
        SELECT DISTINCT hour / 24 FROM counters_by_hour
        WHERE campaign_id = @campaignId AND hour < @first AND hour % 24 <> 0
        ORDER BY 1
        """;

    // The writer is 0 for the sums, so that a day has one row whatever the number of processes.
    private const string IsFolded = """
        campaign_id = @campaignId AND hour >= @midnight AND hour < @next AND (hour <> @midnight OR writer <> 0)
        """;

    private const string AddHours = $"""
        INSERT INTO counters_by_hour (campaign_id, hour, country, writer, signed, letters, pressed, confirmed)
        SELECT campaign_id, @midnight, country, 0, SUM(signed), SUM(letters), SUM(pressed), SUM(confirmed)
        FROM counters_by_hour WHERE {IsFolded} GROUP BY campaign_id, country
        ON CONFLICT (campaign_id, hour, country, writer) DO UPDATE
        SET signed = counters_by_hour.signed + excluded.signed, letters = counters_by_hour.letters + excluded.letters,
            pressed = counters_by_hour.pressed + excluded.pressed,
            confirmed = counters_by_hour.confirmed + excluded.confirmed
        """;

    private const string AddProviders = $"""
        INSERT INTO counters_by_provider (campaign_id, hour, provider, writer, signed, letters, pressed, bounced)
        SELECT campaign_id, @midnight, provider, 0, SUM(signed), SUM(letters), SUM(pressed), SUM(bounced)
        FROM counters_by_provider WHERE {IsFolded} GROUP BY campaign_id, provider
        ON CONFLICT (campaign_id, hour, provider, writer) DO UPDATE
        SET signed = counters_by_provider.signed + excluded.signed,
            letters = counters_by_provider.letters + excluded.letters,
            pressed = counters_by_provider.pressed + excluded.pressed,
            bounced = counters_by_provider.bounced + excluded.bounced
        """;

    private static readonly string[] _fold =
    [
        AddHours,
        $"DELETE FROM counters_by_hour WHERE {IsFolded}",
        AddProviders,
        $"DELETE FROM counters_by_provider WHERE {IsFolded}",
    ];

    /// <summary>
    /// Every day in a transaction of its own, so that signers do not wait; returns the number of
    /// days. Repeatable.
    /// </summary>
    public async Task<int> FoldAsync(CancellationToken cancellationToken)
    {
        var first = CountedHours.FirstKept(time.UtcNow());
        List<(long Campaign, long Day)> days;
        using (var connection = database.Read())
            days =
            [
                .. connection
                    .Query<long>(SelectCampaigns)
                    .ToList()
                    .SelectMany(campaignId =>
                        connection.Query<long>(SelectDays, new { campaignId, first }).Select(day => (campaignId, day))
                    ),
            ];
        foreach (var (campaignId, day) in days)
            await database.Writes.RunAsync(write => Fold(write, campaignId, day), cancellationToken);
        return days.Count;
    }

    private static bool Fold(WriteTransaction write, long campaignId, long day)
    {
        // A process that changes an old count between two of these statements would lose its change.
        write.LockExclusively();
        var midnight = day * CountedHours.PerDay;
        foreach (var sql in _fold)
            write.Connection.Execute(
                sql,
                new
                {
                    campaignId,
                    midnight,
                    next = midnight + CountedHours.PerDay,
                }
            );
        return true;
    }
}
