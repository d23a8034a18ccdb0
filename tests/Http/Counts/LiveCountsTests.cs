using System.Diagnostics;
using Campaigns.Db;
using Campaigns.Db.Counts;
using Campaigns.Tests.Http.Caching;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Counts;

/// <summary>Counts in memory match the database at once.</summary>
public sealed class LiveCountsTests
{
    [Fact]
    public async Task Every_change_of_the_counts_is_visible_to_the_next_reader()
    {
        await using var server = await CampaignServer.StartAsync(
            null,
            "--Ledger:MinBatch=100000",
            "--Ledger:MaxDelay=1.00:00:00",
            "--Ledger:SensitiveMaxDelay=1.00:00:00"
        );
        var slug = await server.OpenCampaignAsync();
        using var staff = await server.StaffAsync();
        string[] people = [.. Enumerable.Range(0, 6).Select(i => $"p{i}@example.org")];
        Assert.Equal(0, await ConfirmedAsync());
        foreach (var person in people)
            await server.SignAsync(slug, CampaignServer.Signature(person));
        var manage = new List<string>();
        foreach (var token in (await server.Mail.TokensAsync("/confirm/", people)).Values)
        {
            manage.Add(await server.ConfirmAsync(token));
            Assert.Equal(manage.Count, await ConfirmedAsync());
        }
        using var first = server.WithBearer(manage[0]);
        await CampaignServer.Expect(204, await first.PostAsync("/api/my/signature/withdraw", null));
        Assert.Equal(5, await ConfirmedAsync());
        using var second = server.WithBearer(manage[1]);
        await CampaignServer.Expect(204, await second.DeleteAsync("/api/my/signature"));
        Assert.Equal(4, await ConfirmedAsync());
        var id = server.Query<long>("SELECT max(id) FROM signatures WHERE state = 'confirmed'");
        await CampaignServer.Expect(
            204,
            await staff.PostAsync(
                $"/api/staff/campaigns/{slug}/signatures/{id}/invalidate",
                HttpAnswers.Json("""{"reason":"error"}""")
            )
        );
        Assert.Equal(3, await ConfirmedAsync());
        await CampaignServer.Expect(
            200,
            await staff.PatchAsync($"/api/staff/campaigns/{slug}", HttpAnswers.Json("""{"goal":12}"""))
        );
        Assert.Equal(12, (int)(await server.GetJsonAsync($"/api/campaigns/{slug}/counts"))["goal"]!);
        // From now on the API serves only sealed counts, and nothing is sealed.
        await CampaignServer.Expect(
            200,
            await staff.PatchAsync($"/api/staff/campaigns/{slug}", HttpAnswers.Json("""{"sensitive":true}"""))
        );
        Assert.Equal(0, await ConfirmedAsync());

        async Task<int> ConfirmedAsync()
        {
            // A value of the last second may be served while reads are slow, as they are on a busy machine.
            server.Clock.Advance(TimeSpan.FromSeconds(2));
            var seen = new List<int>();
            foreach (var path in (string[])["/counts", ""])
                seen.Add((int)(await server.GetJsonAsync($"/api/campaigns/{slug}{path}"))["confirmed"]!);
            seen.Add((int)(await server.GetJsonAsync("/api/campaigns"))["items"]![0]!["confirmed"]!);
            return Assert.Single(seen.Distinct());
        }
    }

    [Fact]
    public async Task Timestamp_of_counts_is_under_a_second_old_without_database_reads()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync();
        await server.GetJsonAsync($"/api/campaigns/{slug}/counts");
        using var reads = new DatabaseReads(server.Services.GetRequiredService<Database>());
        var moments = new HashSet<DateTimeOffset>();
        var since = Stopwatch.StartNew();
        for (; moments.Count < 5; await Task.Delay(20))
        {
            Assert.True(since.Elapsed < TimeSpan.FromMinutes(1), "the timestamp does not advance");
            var asked = server.Clock.UtcNow();
            var asOf = (DateTimeOffset)(await server.GetJsonAsync($"/api/campaigns/{slug}/counts"))["asOf"]!;
            Assert.True(asOf > asked.AddSeconds(-1), $"{asOf:O} is too old at {asked:O}");
            moments.Add(asOf);
        }
        // The timestamp advances every half second.
        var most = 1 + (since.Elapsed / TimeSpan.FromMilliseconds(500));
        Assert.True(moments.Count <= most, $"{moments.Count} moments in {since.Elapsed}");
        reads.AssertNever("ReadPublic");
    }

    [Fact]
    public async Task Counts_are_served_when_the_clock_jumps_a_year_either_way()
    {
        var clock = new MachineClock();
        await using var campaign = await new CampaignFixture(clock: clock).StartAsync();
        var live = campaign.Get<LiveCounts>();
        var confirmed = 0L;
        foreach (var years in (int[])[0, 1, -2, 1])
        {
            clock.Jump(TimeSpan.FromDays(365 * years));
            await campaign.ConfirmAsync($"p{confirmed}@example.org");
            Assert.Equal(++confirmed, (await live.OfAsync(campaign.Campaign)).Confirmed);
            // The timestamp, and on PostgreSQL the counts too, are renewed after half a second.
            clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(clock.UtcNow(), (await live.OfAsync(campaign.Campaign)).AsOf);
        }
    }

    [Fact]
    public async Task Sealing_changes_only_the_sealed_counts()
    {
        await using var campaign = await new CampaignFixture().StartAsync();
        var live = campaign.Get<LiveCounts>();
        await campaign.ConfirmManyAsync(7);
        Assert.Equal((7, 0, 0), await SeenAsync());
        await campaign.Sealer.SealAsync(campaign.Campaign.Id, 1, default);
        Assert.Equal((7, 0, 0), await SeenAsync());
        await campaign.Sealer.PublishHeadsAsync(default);
        Assert.Equal((7, 7, 7), await SeenAsync());
        Assert.Equal(7, campaign.Ledger.GetHead(campaign.Campaign.Id).Size);

        async Task<(long, long, long)> SeenAsync() =>
            await live.OfAsync(campaign.Campaign) is var now
                ? (now.Confirmed, now.SealedSize, now.SealedConfirmed)
                : default;
    }
}
