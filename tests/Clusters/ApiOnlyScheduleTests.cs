using System.Text.Json.Nodes;
using Campaigns.Db.Keys;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Clusters;

/// <summary>The scheduled jobs of an API whose worker is another process.</summary>
[Trait("Database", "postgres")]
[Trait("Speed", "slow")]
public sealed class ApiOnlyScheduleTests
{
    [Fact]
    public async Task API_without_writes_publishes_a_signing_key_of_another_process()
    {
        await using var api = await CampaignServer.StartAsync(null, "--Worker:InProcess=false");
        await using var other = await CampaignServer.StartAsync(api.Folder, "--Worker:InProcess=false");
        Assert.Single(await KeysAsync());
        Assert.Null(
            (await other.Services.GetRequiredService<KeyStore>().RotateAsync("signing", Actor.Operator)).Refused
        );
        await CampaignServer.UntilAsync(async () => (await KeysAsync()).Count == 2, "the new key is not published");

        async Task<JsonArray> KeysAsync() => (await api.GetJsonAsync("/api/keys"))["keys"]!.AsArray();
    }
}
