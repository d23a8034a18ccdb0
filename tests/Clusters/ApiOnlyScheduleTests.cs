using System.Text.Json.Nodes;
using Campaigns.Db.Keys;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Clusters;

/// <summary>What an API does by the clock whose worker is another process.</summary>
[Trait("Database", "postgres")]
[Trait("Speed", "slow")]
public sealed class ApiOnlyScheduleTests
{
    [Fact]
    public async Task An_api_that_only_reads_shows_a_signing_key_that_another_process_made()
    {
        await using var api = await CampaignServer.StartAsync(null, "--Worker:InProcess=false");
        await using var other = await CampaignServer.StartAsync(api.Folder, "--Worker:InProcess=false");
        Assert.Single(await KeysAsync());
        Assert.Null(
            (await other.Services.GetRequiredService<KeyStore>().RotateAsync("signing", Actor.Operator)).Refused
        );
        await CampaignServer.UntilAsync(async () => (await KeysAsync()).Count == 2, "the new key is not shown");

        async Task<JsonArray> KeysAsync() => (await api.GetJsonAsync("/api/keys"))["keys"]!.AsArray();
    }
}
