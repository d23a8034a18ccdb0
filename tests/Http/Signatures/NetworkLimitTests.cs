using System.Net;
using System.Net.Http.Json;
using Campaigns.Db.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Ledger;
using Campaigns.Worker.Retention;

namespace Campaigns.Tests.Http.Signatures;

/// <summary>Limits per network: first a hold, much later a refusal; no network is stored.</summary>
public sealed class NetworkLimitTests
{
    [Fact]
    public async Task Signature_past_the_limit_is_on_hold_and_otherwise_normal()
    {
        await using var server = await CampaignServer.StartAsync(null, "--Limits:HoldAfterPerNetworkPerHour=2");
        server.Clock.AdvanceToNextHour();
        var slug = await server.OpenCampaignAsync();
        var seen = new List<string>();
        for (var i = 0; i < 4; i++)
            seen.Add(
                await (
                    await server.Http.PostAsJsonAsync(
                        $"/api/campaigns/{slug}/signatures",
                        CampaignServer.Signature($"h{i}@example.org")
                    )
                ).SeenAsync()
            );
        Assert.Single(seen.Distinct());
        Assert.Equal(2, server.Query<long>("SELECT count(*) FROM signatures WHERE hold_reason = 'network'"));

        var answers = new List<string>();
        foreach (
            var (_, token) in await server.Mail.TokensAsync(
                "/confirm/",
                [.. Enumerable.Range(0, 4).Select(i => $"h{i}@example.org")]
            )
        )
            answers.Add(
                (await (await server.Http.PostAsJsonAsync("/api/confirmations", new { token })).BodyAsync())[
                    "status"
                ]!.GetValue<string>()
            );
        Assert.Equal(["confirmed", "confirmed", "confirmed", "confirmed"], answers);
        await CampaignServer.UntilAsync(
            async () => (int)(await server.GetJsonAsync($"/api/campaigns/{slug}/ledger/head"))["size"]! == 2,
            "not sealed"
        );
        // This run starts after all confirmations, so it seals every entry that may be sealed.
        await server.RunAsync<SealLedgerJob>();
        Assert.Equal(2, (int)(await server.GetJsonAsync($"/api/campaigns/{slug}/ledger/head"))["size"]!);
        Assert.Equal(2, (int)(await server.GetJsonAsync($"/api/campaigns/{slug}/counts"))["confirmed"]!);

        using var staff = await server.StaffAsync();
        var id = server.Query<long>("SELECT min(id) FROM signatures WHERE hold_reason IS NOT NULL");
        await CampaignServer.Expect(
            204,
            await staff.PostAsync($"/api/staff/campaigns/{slug}/signatures/{id}/release", null)
        );
        await CampaignServer.UntilAsync(
            async () => (int)(await server.GetJsonAsync($"/api/campaigns/{slug}/ledger/head"))["size"]! == 3,
            "the released signature is not sealed"
        );
        // The counter starts at zero in the next hour.
        server.Clock.Advance(TimeSpan.FromHours(1));
        await server.SignAsync(slug, CampaignServer.Signature("next-hour@example.org"));
        Assert.Equal(1, server.Query<long>("SELECT count(*) FROM signatures WHERE hold_reason IS NOT NULL"));
    }

    [Fact]
    public async Task Network_far_past_the_limit_is_refused_with_Retry_After()
    {
        await using var server = await CampaignServer.StartAsync(
            null,
            "--Limits:RefuseSigningPerNetworkPerHour=2",
            "--Limits:RefuseOtherPerNetworkPerMinute=3",
            "--Limits:RefuseStaffFailuresPerNetworkPerMinute=2"
        );
        var slug = await server.OpenCampaignAsync();
        for (var i = 0; i < 2; i++)
            await server.SignAsync(slug, CampaignServer.Signature($"r{i}@example.org"));
        await RefusedAsync(
            await server.Http.PostAsJsonAsync(
                $"/api/campaigns/{slug}/signatures",
                CampaignServer.Signature("r0@example.org")
            )
        );
        for (var i = 0; i < 3; i++)
            await CampaignServer.Expect(
                404,
                await server.Http.PostAsJsonAsync("/api/confirmations", new { token = "x" })
            );
        await RefusedAsync(await server.Http.PostAsJsonAsync("/api/confirmations", new { token = "x" }));
        await RefusedAsync(
            await server.Http.PostAsJsonAsync($"/api/campaigns/{slug}/manage-link", new { email = "r0@example.org" })
        );
        await RefusedAsync(await server.Http.GetAsync("/api/my/signature"));
        for (var i = 0; i < 2; i++)
            await CampaignServer.Expect(401, await server.Http.GetAsync("/api/staff/campaigns"));
        await RefusedAsync(await server.Http.GetAsync("/api/staff/campaigns"));
        // A valid staff token is never limited, and neither are public reads.
        using var staff = await server.StaffAsync();
        await CampaignServer.Expect(200, await staff.GetAsync("/api/staff/campaigns"));
        await CampaignServer.Expect(200, await server.Http.GetAsync($"/api/campaigns/{slug}/counts"));
    }

    [Fact]
    public async Task Stream_past_the_limit_is_refused_with_a_time_to_wait()
    {
        await using var server = await CampaignServer.StartAsync(null, "--Limits:StreamsPerNetwork=1");
        var address = $"/api/campaigns/{await server.OpenCampaignAsync()}/counts/stream";
        using var open = await server.Http.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, address),
            HttpCompletionOption.ResponseHeadersRead
        );
        await CampaignServer.Expect(200, open);
        await RefusedAsync(await server.Http.GetAsync(address));
    }

    [Fact]
    public async Task Disabled_limits_hold_and_refuse_nothing()
    {
        await using var server = await CampaignServer.StartAsync(
            null,
            "--Limits:Enabled=false",
            "--Limits:HoldAfterPerNetworkPerHour=1",
            "--Limits:RefuseSigningPerNetworkPerHour=1"
        );
        var slug = await server.OpenCampaignAsync();
        for (var i = 0; i < 3; i++)
            await server.SignAsync(slug, CampaignServer.Signature($"free{i}@example.org"));
        Assert.Equal(0, server.Query<long>("SELECT count(*) FROM signatures WHERE hold_reason IS NOT NULL"));
        Assert.Equal(0, server.Query<long>("SELECT count(*) FROM network_requests"));
    }

    [Fact]
    public async Task Network_hashes_and_their_keys_are_deleted_after_48_hours()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync();
        await server.SignAsync(slug, CampaignServer.Signature("trace@example.org"));
        Assert.Equal(
            (1, 1),
            (
                server.Query<long>("SELECT count(*) FROM network_keys"),
                server.Query<long>("SELECT count(*) FROM network_requests")
            )
        );
        await server.RunAsync<DestroyNetworkKeysJob>();
        Assert.Equal(1, server.Query<long>("SELECT count(*) FROM network_keys"));
        server.Clock.Advance(TimeSpan.FromHours(48));
        await server.RunAsync<DestroyNetworkKeysJob>();
        Assert.Equal(
            (0, 0),
            (
                server.Query<long>("SELECT count(*) FROM network_keys"),
                server.Query<long>("SELECT count(*) FROM network_requests")
            )
        );
        await server.SignAsync(slug, CampaignServer.Signature("trace2@example.org"));
        Assert.Equal(1, server.Query<long>("SELECT count(*) FROM network_requests WHERE value = 1"));
    }

    [Fact]
    public async Task Forwarded_address_is_accepted_only_from_a_known_proxy()
    {
        foreach (
            var (settings, statuses) in ((string[], int[])[])
                [
                    ([], [202, 429, 429, 429]),
                    (["--Proxies:Known:0=127.0.0.1"], [202, 202, 202, 429]),
                    (["--Proxies:Known:0=192.0.2.0/24"], [202, 429, 429, 429]),
                ]
        )
        {
            await using var server = await CampaignServer.StartAsync(
                null,
                ["--Limits:RefuseSigningPerNetworkPerHour=1", .. settings]
            );
            var slug = await server.OpenCampaignAsync();
            var answers = new List<int>();
            foreach (var address in (string[])["198.51.100.1", "198.51.100.2", "2001:db8:1:2::1", "2001:db8:1:2::2"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/campaigns/{slug}/signatures")
                {
                    Content = JsonContent.Create(CampaignServer.Signature("forwarded@example.org")),
                };
                request.Headers.Add("X-Forwarded-For", address);
                answers.Add((int)(await server.Http.SendAsync(request)).StatusCode);
            }
            Assert.Equal(statuses, answers);
        }
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("fe80::1%3", "fe80::2", true)]
    [InlineData("::1", "127.0.0.1", false)]
    public void Network_is_an_IPv4_address_or_an_IPv6_64_prefix(string one, string other, bool same) =>
        Assert.Equal(
            same,
            NetworkRequestCounter
                .NetworkOf(IPAddress.Parse(one))
                .SequenceEqual(NetworkRequestCounter.NetworkOf(IPAddress.Parse(other)))
        );

    private static async Task RefusedAsync(HttpResponseMessage answer)
    {
        await answer.ProblemAsync(429, "rate-limited");
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 3600);
    }
}
