using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Counts;
using Campaigns.Worker.Retention;

namespace Campaigns.Tests.Http.Counts;

/// <summary>Counters change together with the rows that they count.</summary>
public sealed class StaffCountsTests : IAsyncLifetime
{
    private static readonly string[] _buckets =
    [
        "pending",
        "confirmed",
        "held",
        "invalidated",
        "withdrawn",
        "expired",
        "erased",
    ];

    private CampaignServer _server = null!;
    private HttpClient _staff = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync(null, "--Limits:HoldAfterPerNetworkPerHour=6");
        _server.Clock.AdvanceToNextHour();
        _staff = await _server.StaffAsync();
        _slug = await _server.OpenCampaignAsync();
    }

    public async Task DisposeAsync()
    {
        _staff.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Counters_match_rows_after_every_action()
    {
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal);
        await StepAsync("nothing yet", () => Task.CompletedTask);
        foreach (
            var (name, country) in ((string, string)[])
                [("stays", "NO"), ("withdraws", "NO"), ("erases", "FR"), ("struck", "FR"), ("pending", "GB")]
        )
            await StepAsync("signs " + name, () =>
                _server.SignAsync(_slug, CampaignServer.Signature(name + "@example.org", country: country))
            );
        foreach (var name in (string[])["stays", "withdraws", "erases", "struck"])
            await StepAsync("confirms " + name, async () =>
                tokens[name] = await _server.ConfirmAsync(
                    (await _server.Mail.WaitForAsync(name + "@example.org", "/confirm/")).Token("/confirm/")
                )
            );
        await StepAsync("changes country while pending", () =>
            _server.SignAsync(_slug, CampaignServer.Signature("pending@example.org", country: "DE"))
        );
        // The seventh and all further signatures of this hour are put on hold.
        foreach (var name in (string[])["held", "held-struck", "held-erased", "held-pending"])
            await StepAsync("is held " + name, () =>
                _server.SignAsync(_slug, CampaignServer.Signature(name + "@example.org", country: "SE"))
            );
        Assert.Equal(4, Sum(await CountsAsync(), "held"));
        foreach (var name in (string[])["held", "held-struck", "held-erased"])
            await StepAsync("confirms held " + name, async () =>
                tokens[name] = await _server.ConfirmAsync(
                    (await _server.Mail.WaitForAsync(name + "@example.org", "/confirm/")).Token("/confirm/")
                )
            );
        Assert.Equal(4, Sum(await CountsAsync(), "held"));
        Assert.Equal(4, await PublicAsync());

        var held = await _staff.ListAsync($"/api/staff/campaigns/{_slug}/signatures/held");
        Assert.Equal(4, held.Count);
        Assert.All(held, one =>
            Assert.Equal(["id", "state", "country", "reason", "signedAt"], one!.AsObject().Select(field => field.Key))
        );
        await StepAsync("releases", () => ActAsync(held[0]!, "release"));
        Assert.Equal(5, await PublicAsync());
        await StepAsync("releases again", () => ActAsync(held[0]!, "release"));
        Assert.Equal(5, await PublicAsync());
        await StepAsync("invalidates a held one", () => ActAsync(held[1]!, "invalidate"));
        await StepAsync("erases a held one", async () => await DeleteAsync(tokens["held-erased"]));
        await StepAsync("releases a pending one", () => ActAsync(held[3]!, "release"));
        Assert.Equal(5, await PublicAsync());

        await StepAsync("withdraws", async () => await WithdrawAsync(tokens["withdraws"]));
        await StepAsync("withdraws again", async () => await WithdrawAsync(tokens["withdraws"]));
        await StepAsync("erases the withdrawn", async () => await DeleteAsync(tokens["withdraws"]));
        await StepAsync("erases", async () => await DeleteAsync(tokens["erases"]));
        var struck = _server.Query<long>("SELECT min(id) FROM signatures WHERE country = 'FR' AND state = 'confirmed'");
        await StepAsync("strikes out", async () =>
            await CampaignServer.Expect(
                204,
                await _staff.PostAsJsonAsync(
                    $"/api/staff/campaigns/{_slug}/signatures/{struck}/invalidate",
                    new { reason = "spam" }
                )
            )
        );
        Assert.Equal(2, await PublicAsync());
        _server.Clock.Advance(TimeSpan.FromDays(8));
        await StepAsync("expires", () => _server.RunAsync<ExpirePendingJob>());

        var last = await CountsAsync();
        Assert.Equal(
            (0, 2, 0, 2, 0, 2, 3),
            (
                Sum(last, "pending"),
                Sum(last, "confirmed"),
                Sum(last, "held"),
                Sum(last, "invalidated"),
                Sum(last, "withdrawn"),
                Sum(last, "expired"),
                Sum(last, "erased")
            )
        );
        var erased = _server.Query<long>("SELECT min(id) FROM signatures WHERE state = 'erased'");
        foreach (var refused in (string[])["release", "invalidate"])
            await (
                await _staff.PostAsJsonAsync(
                    $"/api/staff/campaigns/{_slug}/signatures/{erased}/{refused}",
                    new { reason = "x" }
                )
            ).ProblemAsync(409, "wrong-state");
    }

    [Fact]
    public async Task Invalidation_requires_a_known_reason()
    {
        await _server.SignAsync(_slug, CampaignServer.Signature("reason@example.org"));
        var path =
            $"/api/staff/campaigns/{_slug}/signatures/{_server.Query<long>("SELECT id FROM signatures")}/invalidate";
        foreach (
            var body in (string[])
                [
                    "{}",
                    """{"reason":""}""",
                    """{"reason":" "}""",
                    """{"reason":17}""",
                    $$"""{"reason":"{{new string('x', 201)}}"}""",
                ]
        )
            await (await _staff.PostAsync(path, HttpAnswers.Json(body))).RefusesFieldsAsync("reason");
        await (await _staff.PostAsync(path, HttpAnswers.Json("["))).ProblemAsync(400, "malformed-body");
        await (await _staff.PostAsync(path, HttpAnswers.Json("{}", "text/plain"))).ProblemAsync(415, "media-type");
    }

    [Fact]
    public async Task Recount_reports_only_real_drift()
    {
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("drift@example.org"));
        await _server.RunAsync<RecountJob>();
        var counts = await CountsAsync();
        Assert.Equal(0, (int)counts["drift"]!);
        Assert.Equal(Instant.Text(_server.Clock.UtcNow())[..16], ((string)counts["recountedAt"]!)[..16]);

        foreach (
            var damage in (string[])
                [
                    "UPDATE counters SET value = value + 1 WHERE state = 'confirmed'",
                    "UPDATE counters_by_day SET value = value + 3",
                    "UPDATE signatures SET state = 'withdrawn'",
                ]
        )
        {
            await _server.WriteAsync(damage);
            await _server.RunAsync<RecountJob>();
            Assert.NotEqual(0, (int)(await CountsAsync())["drift"]!);
            var ready = await _server.Http.GetAsync("/healthz/ready");
            Assert.Equal(503, (int)ready.StatusCode);
            Assert.Equal("counters", Assert.Single((await ready.BodyAsync())["missing"]!.AsObject()).Key);
            // The test reverts it, because nothing repairs it silently.
            await _server.WriteAsync(
                damage
                    .Replace("+ 1", "- 1", StringComparison.Ordinal)
                    .Replace("+ 3", "- 3", StringComparison.Ordinal)
                    .Replace("withdrawn", "confirmed", StringComparison.Ordinal)
            );
            await _server.RunAsync<RecountJob>();
            Assert.Equal(0, (int)(await CountsAsync())["drift"]!);
            await CampaignServer.Expect(200, await _server.Http.GetAsync("/healthz/ready"));
        }
        Assert.Contains("Error Campaigns.Worker.Counts.RecountJob", await ReadLogAsync(), StringComparison.Ordinal);
    }

    private async Task StepAsync(string what, Func<Task> act)
    {
        await act();
        var counts = await CountsAsync();
        foreach (var country in counts["countries"]!.AsArray())
        {
            foreach (var bucket in _buckets)
            {
                var rows = _server.Query<long>(
                    """
                    SELECT count(*) FROM signatures
                    WHERE country = @country
                      AND CASE WHEN hold_reason IS NOT NULL AND state IN ('pending', 'confirmed') THEN 'held'
                          ELSE state END = @bucket
                    """,
                    new { country = (string)country!["country"]!, bucket }
                );
                Assert.True(
                    rows == (long)country[bucket]!,
                    $"After '{what}' {country["country"]} has {rows} {bucket} rows, the counter says {country[bucket]}."
                );
            }
        }
        Assert.Equal(
            _server.Query<long>("SELECT count(*) FROM signatures"),
            _buckets.Sum(bucket => Sum(counts, bucket))
        );
        Assert.Equal(Sum(counts, "confirmed"), counts["days"]!.AsArray().Sum(day => (int)day!["confirmed"]!));
        Assert.Equal(Sum(counts, "confirmed"), await PublicAsync());
        await _server.RunAsync<RecountJob>();
        Assert.Equal(0, (int)(await CountsAsync())["drift"]!);
    }

    private async Task<string> ReadLogAsync()
    {
        using var file = new StreamReader(
            new FileStream(
                Path.Combine(_server.Folder, "test.log"),
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite
            )
        );
        return await file.ReadToEndAsync();
    }

    private async Task<JsonObject> CountsAsync() =>
        await (
            await CampaignServer.Expect(200, await _staff.GetAsync($"/api/staff/campaigns/{_slug}/counts"))
        ).BodyAsync();

    private async Task<int> PublicAsync() =>
        (int)(await _server.GetJsonAsync($"/api/campaigns/{_slug}/counts"))["confirmed"]!;

    private async Task ActAsync(JsonNode held, string verb) =>
        await CampaignServer.Expect(
            204,
            await _staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{_slug}/signatures/{held["id"]}/{verb}",
                new { reason = "spam" }
            )
        );

    private async Task DeleteAsync(string token)
    {
        using var mine = _server.WithBearer(token);
        await CampaignServer.Expect(204, await mine.DeleteAsync("/api/my/signature"));
    }

    private async Task WithdrawAsync(string token)
    {
        using var mine = _server.WithBearer(token);
        await CampaignServer.Expect(204, await mine.PostAsync("/api/my/signature/withdraw", null));
    }

    private static int Sum(JsonObject counts, string bucket) =>
        counts["countries"]!.AsArray().Sum(country => (int)country![bucket]!);
}
