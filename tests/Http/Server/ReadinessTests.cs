using System.Text.Json.Nodes;
using Campaigns.Db;
using Campaigns.Tests.Http.Caching;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Server;

/// <summary>What an API reports about work that other processes do or leave undone.</summary>
[Trait("Database", "postgres")]
public sealed class ReadinessTests
{
    private static readonly TimeSpan _moment = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task API_without_worker_names_stalled_letters_and_entries_until_they_are_gone()
    {
        await using var api = await CampaignServer.StartAsync(null, "--Worker:InProcess=false");
        var slug = await api.OpenCampaignAsync();
        await api.SignAsync(slug, CampaignServer.Signature("kari@example.org"));
        api.Clock.Advance(StalledWorkMonitor.StalledAfter - _moment);
        using (var reads = new DatabaseReads(api.Services.GetRequiredService<Database>()))
        {
            // The API checks once a second.
            await CampaignServer.UntilAsync(
                async () =>
                {
                    Assert.Empty(await MissingAsync(api));
                    return reads.Of("Read") > 0;
                },
                "the API does not check"
            );
        }
        api.Clock.Advance(_moment * 2);
        await SaysAsync("mail");

        // A leased letter, or one waiting for its next try, is not late.
        await api.WriteAsync("UPDATE letters SET lease_until = @until", new { until = Milliseconds(_moment) });
        await SaysAsync();
        await api.WriteAsync("UPDATE letters SET lease_until = NULL");
        await SaysAsync("mail");
        await api.WriteAsync("UPDATE letters SET due_at = @at", new { at = Milliseconds(_moment) });
        await SaysAsync();

        await api.WriteAsync(
            """
            INSERT INTO ledger_queue (id, campaign_id, kind, country, queued_at, state)
            SELECT 1, id, 'remove', 'GB', 0, 'damaged' FROM campaigns
            """
        );
        await SaysAsync("ledger");
        Assert.StartsWith(
            $"1 entries of campaign {slug} ",
            (await MissingAsync(api))["ledger"]!.ToString(),
            StringComparison.Ordinal
        );
        await api.WriteAsync("UPDATE ledger_queue SET state = 'waiting'");
        await SaysAsync();

        long Milliseconds(TimeSpan ahead) => (api.Clock.GetUtcNow() + ahead).ToUnixTimeMilliseconds();

        Task SaysAsync(params string[] names) =>
            CampaignServer.UntilAsync(
                async () => (await MissingAsync(api)).Select(pair => pair.Key).SequenceEqual(names),
                $"readiness does not name [{string.Join(", ", names)}]",
                20
            );
    }

    private static async Task<JsonObject> MissingAsync(CampaignServer api) =>
        JsonNode.Parse(await (await api.Http.GetAsync("/healthz/ready")).Content.ReadAsStringAsync())![
            "missing"
        ]!.AsObject();
}
