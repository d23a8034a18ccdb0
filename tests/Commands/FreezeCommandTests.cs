using System.Net.Http.Headers;
using System.Net.Http.Json;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Mail;

namespace Campaigns.Tests.Commands;

/// <summary>The commands <c>freeze</c> and <c>unfreeze</c> beside a running server.</summary>
public sealed class FreezeCommandTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private HttpClient _staff = null!;
    private string _slug = null!;

    private string Sign => $"/api/campaigns/{_slug}/signatures";

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync(null, "--Ledger:MinBatch=1", "--Ledger:MaxDelay=00:00:01");
        _slug = await _server.OpenCampaignAsync();
        _staff = await _server.StaffAsync();
    }

    public async Task DisposeAsync()
    {
        _staff.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Frozen_server_takes_no_signature_sends_no_letter_and_hands_out_no_file()
    {
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature("before@example.org"));
        await CampaignServer.UntilAsync(
            async () => (int)(await _server.GetJsonAsync($"/api/campaigns/{_slug}/ledger/head"))["size"]! == 1,
            "the signature is not sealed"
        );
        var packet = await PacketOrders.OrderAsync(_staff, _slug, disclosure: "count");
        await PacketOrders.ReadyAsync(_staff, packet);
        await _server.WaitForMailAsync();

        Assert.Equal((0, "Frozen until the command unfreeze ends it."), await RunAsync("freeze", "--reason", "A leak"));
        await CampaignServer.UntilAsync(
            async () => (int)(await _staff.GetAsync($"/api/staff/packets/{packet}/file")).StatusCode == 503,
            "the server does not stop"
        );
        var refused = await SignAsync("during@example.org");
        await refused.ProblemAsync(503, "frozen");
        var request = new { email = "kari@example.org", consent = true };
        await (await _server.Http.PostAsJsonAsync($"/api/campaigns/{_slug}/subscriptions", request)).ProblemAsync(
            503,
            "frozen"
        );
        Assert.Equal(60, refused.Headers.RetryAfter?.Delta?.TotalSeconds);
        await (await _staff.GetAsync($"/api/staff/packets/{packet}/file")).ProblemAsync(503, "frozen");
        await (await _staff.PostAsync($"/api/staff/packets/{packet}/rebuild", null)).ProblemAsync(503, "frozen");
        var order = new { recipient = "embassy-oslo", disclosure = "count" };
        foreach (var path in (string[])["packets", "packets/preview"])
            await (await _staff.PostAsJsonAsync($"/api/staff/campaigns/{_slug}/{path}", order)).ProblemAsync(
                503,
                "frozen"
            );
        var page = await PostPageAsync();
        Assert.Equal(503, (int)page.StatusCode);
        Assert.Contains("Signing is paused", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var ready = await _server.GetJsonAsync("/healthz/ready");
        Assert.Contains("freeze", ready["warnings"]!.AsObject().Select(warning => warning.Key));

        // Signers can still ask for their link and leave; the letter waits.
        var letters = _server.Mail.All().Count;
        await CampaignServer.Expect(
            202,
            await _server.Http.PostAsJsonAsync(
                $"/api/campaigns/{_slug}/manage-link",
                new { email = "before@example.org" }
            )
        );
        Assert.Equal(1, _server.Query<long>("SELECT count(*) FROM letters WHERE state = 'queued'"));
        await _server.RunAsync<SendLettersJob>();
        Assert.Equal(letters, _server.Mail.All().Count);

        Assert.Equal((0, "No longer frozen."), await RunAsync("unfreeze"));
        Assert.Equal((0, "It was not frozen."), await RunAsync("unfreeze"));
        await CampaignServer.UntilAsync(
            async () => (int)(await SignAsync("after@example.org")).StatusCode == 202,
            "the server does not go on"
        );
        await CampaignServer.Expect(200, await _staff.GetAsync($"/api/staff/packets/{packet}/file"));
        await CampaignServer.UntilAsync(() => _server.Mail.All().Count == letters + 2, "the letters do not leave");
        foreach (var action in (string[])["freeze.begin", "freeze.end"])
            Assert.Equal(
                1,
                _server.Query<long>(
                    "SELECT count(*) FROM audit WHERE action = @action AND staff_id IS NULL",
                    new { action }
                )
            );
    }

    [Fact]
    public async Task Freeze_with_an_end_ends_by_itself()
    {
        var until = Instant.Text(_server.Clock.GetUtcNow().AddMinutes(10));
        Assert.Equal((0, $"Frozen until {until}."), await RunAsync("freeze", "--reason", "A check", "--until", until));
        await CampaignServer.UntilAsync(
            async () => (int)(await SignAsync("during@example.org")).StatusCode == 503,
            "the server does not stop"
        );
        Assert.InRange((await SignAsync("during@example.org")).Headers.RetryAfter!.Delta!.Value.TotalSeconds, 60, 600);
        _server.Clock.Advance(TimeSpan.FromMinutes(10));
        await CampaignServer.Expect(202, await SignAsync("after@example.org"));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("   ", null)]
    [InlineData("A leak", "tomorrow")]
    [InlineData("A leak", "2019-05-17T09:00:00Z")]
    [InlineData("A leak", "2019-05-17")]
    public async Task Freeze_refuses_an_empty_reason_and_an_end_that_is_over(string reason, string? until)
    {
        string[] arguments = until is null ? [] : ["--until", until];
        Assert.Equal(2, (await RunAsync(["freeze", "--reason", reason, .. arguments])).Code);
        await CampaignServer.Expect(202, await SignAsync("kari@example.org"));
    }

    private Task<HttpResponseMessage> SignAsync(string email) =>
        _server.Http.PostAsJsonAsync(Sign, CampaignServer.Signature(email));

    private async Task<HttpResponseMessage> PostPageAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/c/{_slug}")
        {
            Content = new FormUrlEncodedContent([new("email", "page@example.org")]),
        };
        request.Headers.AcceptLanguage.Add(new StringWithQualityHeaderValue("en"));
        return await _server.Http.SendAsync(request);
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] command)
    {
        var (code, said, _) = await CampaignProcess.RunAsync([.. command, .. CampaignProcess.On(_server.Folder)]);
        return (code, said.Trim());
    }
}
