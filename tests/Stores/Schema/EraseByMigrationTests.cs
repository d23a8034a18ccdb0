using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Schema;

/// <summary>
/// Signatures from before the column <c>erase_by</c> get the date that their campaign promises.
/// </summary>
public sealed class EraseByMigrationTests
{
    private const string Undo = """
        ALTER TABLE signatures DROP COLUMN erase_by;
        ALTER TABLE campaigns DROP COLUMN next_erasure;
        DELETE FROM migrations WHERE name LIKE '0013%'
        """;

    [Theory]
    [InlineData("2026-06-01", 30, "2026-05-20T12:00:00Z", null)]
    [InlineData(null, 30, "2026-05-20T12:00:00Z", null)]
    [InlineData("2190-06-01", 30, null, null)]
    [InlineData("2026-06-01", 0, null, "2026-05-10T12:00:00Z")]
    [InlineData(null, null, "2026-05-20T12:00:00Z", null)]
    public async Task Earlier_signatures_get_the_date_of_their_campaign(
        string? handOver,
        int? days,
        string? closes,
        string? closed
    )
    {
        await using var fixture = await new CampaignFixture().StartAsync();
        var id = await fixture.SignAsync("kari@example.org");
        await fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                """
                UPDATE campaigns
                SET hand_over_on = @handOver, erase_after_days = @days, closes_at = @closesAt, closed_at = @closedAt,
                    state = @state, version = version + 1
                """,
                new
                {
                    handOver,
                    days,
                    closesAt = Milliseconds(closes),
                    closedAt = Milliseconds(closed),
                    state = closed is null ? CampaignState.Open : CampaignState.Closed,
                }
            )
        );
        await fixture.Database.Writes.RunAsync(write => write.Connection.Execute(Undo));
        await fixture.RestartAsync();

        // The migration reads the machine's clock for a hand-over that has passed; none of these needs it.
        var expected = fixture.Campaign.Retention.PromisedAt(CampaignFixture.Start)?.ToUnixTimeMilliseconds();
        Assert.Equal(days is null, expected is null);
        Assert.Equal(
            (expected, expected),
            fixture.Query(connection =>
                (
                    connection.QuerySingle<long?>("SELECT erase_by FROM signatures WHERE id = @id", new { id }),
                    connection.QuerySingle<long?>("SELECT next_erasure FROM campaigns")
                )
            )
        );
    }

    private static long? Milliseconds(string? text) =>
        text is null
            ? null
            : DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
