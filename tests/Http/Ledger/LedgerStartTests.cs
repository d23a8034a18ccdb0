using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Files;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Http.Ledger;

/// <summary>Starts of a server whose journal or settings do not fit its ledger.</summary>
public sealed class LedgerStartTests
{
    private const string Slug = "chechnya-2019";

    [Fact]
    public async Task Ledger_behind_the_published_one_is_served_and_readiness_gives_the_reason()
    {
        var folder = Directory.CreateTempSubdirectory("campaign-").FullName;
        try
        {
            await using (var before = await CampaignServer.StartAsync(folder))
            {
                await before.OpenCampaignAsync(Slug);
                await CampaignServer.Expect(200, await before.Http.GetAsync("/healthz/ready"));
                var campaign = before.Services.GetRequiredService<CampaignStore>().Find(Slug)!;
                var head = new JournalHead
                {
                    CampaignId = campaign.Id,
                    Size = 99,
                    Root = "ab",
                };
                await before
                    .Services.GetRequiredService<Db.Database>()
                    .Writes.RunAsync(write =>
                    {
                        write.Journal([head]);
                        return true;
                    });
            }
            await using var after = await CampaignServer.StartAsync(folder);
            var ready = await CampaignServer.Expect(503, await after.Http.GetAsync("/healthz/ready"));
            var missing = (await ready.Content.ReadFromJsonAsync<JsonObject>())!["missing"]!["ledger"]!;
            Assert.Contains("99 entries", (string)missing!, StringComparison.Ordinal);
            Assert.Equal(0, (long)(await after.GetJsonAsync($"/api/campaigns/{Slug}/ledger/head"))["size"]!);
            // Also heads that only the journal of another machine has.
            var other = await after.OpenCampaignAsync("other-campaign");
            await after.WriteAsync("UPDATE campaigns SET ledger_behind = 1 WHERE slug = @other", new { other });
            missing = (await (await after.Http.GetAsync("/healthz/ready")).Content.ReadFromJsonAsync<JsonObject>())![
                "missing"
            ]!["ledger"]!;
            Assert.Contains("other-campaign is stopped", (string)missing!, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("--Ledger:MinBatch=0")]
    [InlineData("--Ledger:MaxDelay=-00:00:01")]
    [InlineData("--Ledger:MaxDelay=2.00:00:00")]
    [InlineData("--Ledger:SensitiveMaxDelay=-00:00:01")]
    [InlineData("--Ledger:SensitiveMaxDelay=8.00:00:00")]
    public async Task Invalid_ledger_settings_refuse_the_start(string setting)
    {
        var folder = Directory.CreateTempSubdirectory("campaign-").FullName;
        await Assert.ThrowsAsync<OptionsValidationException>(() => CampaignServer.StartAsync(folder, setting));
        Directory.Delete(folder, recursive: true);
    }
}
