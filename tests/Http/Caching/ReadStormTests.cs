using System.Net;
using System.Text.Json.Nodes;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Ledger;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Caching;

/// <summary>
/// A thousand concurrent readers cost the database at most one read. No ledger batch is sealed
/// unless a test seals it.
/// </summary>
public sealed class ReadStormTests : IAsyncLifetime
{
    private const int Many = 1_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-").FullName;
    private CampaignServer _server = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await StartAsync();
        _slug = await _server.OpenCampaignAsync();
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("/counts", "ReadIndex", "ReadCampaign", "ReadPublic")]
    [InlineData("", "ReadIndex", "ReadCampaign", "ReadPublic")]
    [InlineData("/ledger/head", "ReadIndex", "ReadCampaign", "ReadHead")]
    public async Task Restarted_server_reads_once_for_many_requests(string path, params string[] readers)
    {
        await _server.DisposeAsync();
        _server = await StartAsync();
        using var reads = CountReads();
        await StormAsync($"/api/campaigns/{_slug}{path}", body => Assert.NotEmpty(body));
        reads.AssertOnce(readers[^1]);
        reads.AssertAtMostOnce(readers);
        await StormAsync("/api/campaigns", body => Assert.Contains(_slug, body, StringComparison.Ordinal));
        reads.AssertAtMostOnce("ReadIndex", "ReadCampaign", "ReadPublic", "ReadHead");
        Assert.InRange(reads.All, 1, reads.MaxByScheduledJobs);
    }

    [Fact]
    public async Task Campaign_list_is_read_once_after_a_restart()
    {
        await _server.DisposeAsync();
        _server = await StartAsync();
        using var reads = CountReads();
        await StormAsync("/api/campaigns", body => Assert.Contains(_slug, body, StringComparison.Ordinal));
        reads.AssertOnce("ReadPublic");
        reads.AssertAtMostOnce("ReadIndex", "ReadCampaign");
    }

    [Fact]
    public async Task Counts_are_read_once_after_a_confirmation()
    {
        await StormAsync($"/api/campaigns/{_slug}/counts", Confirmed(0));
        using var reads = CountReads();
        await StormAsync($"/api/campaigns/{_slug}/counts", Confirmed(0));
        reads.AssertNever("ReadPublic");
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("kari@example.org"));
        // On a busy machine the last read may have used up the read budget, and the stale count is served for up
        // to a second.
        await CampaignServer.UntilAsync(
            async () => (int)(await CountsAsync())["confirmed"]! == 1,
            "the counts do not change"
        );
        await StormAsync($"/api/campaigns/{_slug}/counts", Confirmed(1));
        reads.AssertOnce("ReadPublic");
        await StormAsync($"/api/campaigns/{_slug}", Confirmed(1));
        await StormAsync("/api/campaigns", body =>
            Assert.Equal(1, (int)JsonNode.Parse(body)!["items"]![0]!["confirmed"]!)
        );
        reads.AssertOnce("ReadPublic");
        Assert.InRange(reads.All, 1, reads.MaxByScheduledJobs);
    }

    [Fact]
    public async Task Head_is_read_once_after_it_was_published()
    {
        await StormAsync($"/api/campaigns/{_slug}/ledger/head", body =>
            Assert.Equal(0, (int)JsonNode.Parse(body)!["size"]!)
        );
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("kari@example.org"));
        using var reads = CountReads();
        await SealAsync();
        await StormAsync($"/api/campaigns/{_slug}/ledger/head", body =>
            Assert.Equal(1, (int)JsonNode.Parse(body)!["size"]!)
        );
        reads.AssertOnce("ReadHead");
        Assert.Equal(1, (int)(await CountsAsync())["sealed"]!["size"]!);
        Assert.InRange(reads.All, 1, reads.MaxByScheduledJobs);
    }

    [Fact]
    public async Task Campaign_is_read_once_after_a_change()
    {
        await StormAsync($"/api/campaigns/{_slug}", body => Assert.NotEqual(77, (int)JsonNode.Parse(body)!["goal"]!));
        using var staff = await _server.StaffAsync();
        using var reads = CountReads();
        await CampaignServer.Expect(
            200,
            await staff.PatchAsync($"/api/staff/campaigns/{_slug}", HttpAnswers.Json("""{"goal":77}"""))
        );
        await StormAsync($"/api/campaigns/{_slug}", body => Assert.Equal(77, (int)JsonNode.Parse(body)!["goal"]!));
        Assert.Equal(77, (int)(await CountsAsync())["goal"]!);
        reads.AssertOnce("ReadCampaign");
        reads.AssertNever("ReadIndex");
    }

    [Fact]
    public async Task Unknown_slugs_cause_no_read_and_a_new_campaign_is_found_at_once()
    {
        await _server.GetJsonAsync($"/api/campaigns/{_slug}");
        using var reads = CountReads();
        await Task.WhenAll(
            Enumerable
                .Range(0, Many)
                .Select(async i =>
                {
                    using var answer = await _server.Http.GetAsync($"/api/campaigns/later-{i}/counts");
                    Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
                })
        );
        reads.AssertNever("ReadIndex", "ReadCampaign");
        Assert.InRange(reads.All, 0, reads.MaxByScheduledJobs);
        await _server.OpenCampaignAsync("later-1");
        Assert.Equal("later-1", (string?)(await _server.GetJsonAsync("/api/campaigns/later-1"))["slug"]);
    }

    private Task<CampaignServer> StartAsync() =>
        CampaignServer.StartAsync(_folder, "--Ledger:MinBatch=100000", "--Ledger:MaxDelay=1.00:00:00");

    private DatabaseReads CountReads() => new(_server.Services.GetRequiredService<Database>());

    private Task<JsonObject> CountsAsync() => _server.GetJsonAsync($"/api/campaigns/{_slug}/counts");

    private async Task SealAsync()
    {
        var sealer = _server.Services.GetRequiredService<LedgerSealer>();
        await sealer.SealAsync(_server.Services.GetRequiredService<CampaignStore>().Find(_slug)!.Id, 1, default);
        await sealer.PublishHeadsAsync(default);
    }

    private static Action<string> Confirmed(int expected) =>
        body => Assert.Equal(expected, (int)JsonNode.Parse(body)!["confirmed"]!);

    private async Task StormAsync(string path, Action<string> check)
    {
        var bodies = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => _server.Http.GetStringAsync(path)));
        Assert.All(bodies.Distinct(), check);
    }
}
