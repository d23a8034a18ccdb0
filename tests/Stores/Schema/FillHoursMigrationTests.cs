using Campaigns.Db.Counts;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Schema;

/// <summary>
/// Signatures from before the counters by hour are counted as far as they are known.
/// </summary>
public sealed class FillHoursMigrationTests
{
    private const string Undo = """
        DROP TABLE counters_by_hour;
        DROP TABLE counters_by_provider;
        DROP INDEX ledger_heads_by_time;
        DELETE FROM migrations WHERE name LIKE '0032_counters%' OR name LIKE '0033%'
        """;

    private const string Sum = """
        SELECT hour, country, CAST(sum(signed) AS bigint), CAST(sum(letters) AS bigint),
               CAST(sum(pressed) AS bigint), CAST(sum(confirmed) AS bigint)
        FROM counters_by_hour GROUP BY hour, country ORDER BY hour, country
        """;

    [Fact]
    public async Task Earlier_signatures_are_counted_in_their_hours()
    {
        await using var letters = await CapturedLetters.OpenAsync();
        var fixture = letters.Campaign;
        await fixture.ConfirmManyAsync(3);
        await fixture.SignAsync("pending@example.org", "NL");
        await letters.SendAsync();
        fixture.Clock.Advance(TimeSpan.FromHours(30));
        var left = await fixture.ConfirmAsync("left@example.org");
        await letters.SendAsync();
        fixture.Clock.Advance(TimeSpan.FromHours(1));
        await fixture.WithdrawAsync(left);
        var before = Rows(fixture);
        await fixture.Database.Writes.RunAsync(write => write.Connection.Execute(Undo));
        await fixture.RestartAsync();

        Assert.Equal(before, Rows(fixture));
        Assert.Equal(0, fixture.Get<RecountStore>().Drift(fixture.Campaign.Id));
        Assert.Equal(
            ["unknown"],
            fixture.Query(connection =>
                connection.Query<string>("SELECT DISTINCT provider FROM counters_by_provider").ToList()
            )
        );
    }

    private static List<(long, string, long, long, long, long)> Rows(CampaignFixture fixture) =>
        fixture.Query(connection => connection.Query<(long, string, long, long, long, long)>(Sum).ToList());
}
