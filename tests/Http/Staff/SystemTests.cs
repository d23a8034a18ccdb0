using System.Globalization;
using System.Text.Json.Nodes;
using Campaigns.Db.Keys;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Counts;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Staff;

public sealed class SystemTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private HttpClient _staff = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _staff = await _server.StaffAsync(Role.Auditor);
    }

    public async Task DisposeAsync()
    {
        _staff.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task System_shows_versions_database_and_keys()
    {
        var system = await ReadAsync();
        Assert.Empty(system["problems"]!.AsArray());
        Assert.StartsWith(".NET 10", (string)system["program"]!["runtime"]!, StringComparison.Ordinal);
        var database = system["database"]!;
        Assert.Equal(DatabaseUnderTest.IsPostgres ? "postgres" : "sqlite", (string)database["kind"]!);
        Assert.Matches(@"^\d+\.\d+", (string)database["version"]!);
        Assert.InRange((long)database["bytes"]!, 1, long.MaxValue);
        Assert.Equal(_server.Query<string>("SELECT max(name) FROM migrations"), (string)database["migration"]!);
        Assert.Null(system["backup"]!["lastAt"]);
        Assert.Equal(KeyStore.Kinds.Order(), system["keys"]!.AsArray().Select(key => (string)key!["kind"]!));
        Assert.All(system["keys"]!.AsArray(), key => Assert.Equal("current", (string)key!["state"]!));
    }

    [Fact]
    public async Task Replaced_root_key_is_shown_until_its_rows_are_encrypted_again()
    {
        await _server.Services.GetRequiredService<KeyStore>().RotateAsync("root", Actor.Operator);
        await CampaignServer.UntilAsync(
            async () => (string)(await KeyAsync("root", 1))["state"]! == "old",
            "the rows are not encrypted again"
        );
        Assert.NotNull((await KeyAsync("root", 1))["reencryptedAt"]);
        Assert.Equal("current", (string)(await KeyAsync("root", 2))["state"]!);
    }

    [Fact]
    public async Task Difference_of_the_counters_is_a_problem()
    {
        var slug = await _server.OpenCampaignAsync();
        await _server.SignAndConfirmAsync(slug, CampaignServer.Signature("kari@example.org"));
        await _server.WriteAsync("UPDATE counters SET value = value + 1 WHERE state = 'confirmed'");
        await _server.RunAsync<RecountJob>();
        var problem = Assert.Single((await ReadAsync())["problems"]!.AsArray())!;
        Assert.Equal("counters", (string)problem["name"]!);
        Assert.Equal("counters or ledger differ from rows", (string)problem["sentence"]!);
    }

    [Fact]
    public async Task Every_job_of_the_timetable_shows_its_last_run()
    {
        await CampaignServer.UntilAsync(
            async () =>
                (await ReadAsync())["jobs"]!
                    .AsArray()
                    .Where(job =>
                        (string)job!["name"]!
                            is not (
                                "reencrypt"
                                or "run-invalidations"
                                or "send-letters"
                                or "send-updates"
                                or "subscribe-signers"
                                or "make-backup"
                                or "link-audit"
                            )
                    )
                    .All(job => job!["startedAt"] is not null && job["seconds"] is not null),
            "not every job has run"
        );
        var jobs = (await ReadAsync())["jobs"]!.AsArray();
        var recount = jobs.Single(job => (string)job!["name"]! == "recount")!;
        Assert.Equal(3600, (double)recount["pauseSeconds"]!);
        Assert.False((bool)recount["failed"]!);
        Assert.Equal(0, (long)recount["failures"]!);
        var next = At(recount["startedAt"]) + TimeSpan.FromHours(1);
        Assert.InRange(At(recount["nextAt"]), next, next + TimeSpan.FromMinutes(1));
        Assert.Equal(1, (double)jobs.Single(job => (string)job!["name"]! == "seal-ledger")!["pauseSeconds"]!);
    }

    // On the embedded database the API always hosts the worker.
    [Fact]
    [Trait("Database", "postgres")]
    public async Task API_without_worker_says_that_it_does_not_know_the_jobs()
    {
        await using var server = await CampaignServer.StartAsync(null, "--Worker:InProcess=false");
        using var staff = await server.StaffAsync();
        var system = await (await staff.GetAsync("/api/staff/system")).BodyAsync();
        Assert.False((bool)system["seesBoard"]!);
        var recount = system["jobs"]!.AsArray().Single(job => (string)job!["name"]! == "recount")!;
        Assert.Equal("unknown", (string)recount["state"]!);
        Assert.Null(recount["failures"]);
    }

    private async Task<JsonNode> KeyAsync(string kind, int version) =>
        (await ReadAsync())["keys"]!
            .AsArray()
            .Single(key => (string)key!["kind"]! == kind && (int)key["version"]! == version)!;

    private static DateTimeOffset At(JsonNode? node) =>
        DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture);

    private async Task<JsonObject> ReadAsync() =>
        await (await CampaignServer.Expect(200, await _staff.GetAsync("/api/staff/system"))).BodyAsync();
}
