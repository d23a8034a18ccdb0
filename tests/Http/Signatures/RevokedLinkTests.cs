using System.Net.Http.Json;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Signatures;

/// <summary>A link or a cookie in other hands can be ended by the signer.</summary>
public sealed class RevokedLinkTests : IAsyncLifetime
{
    private const string Address = "kari@example.org";

    private CampaignServer _server = null!;
    private string _slug = null!;
    private string _confirm = null!;
    private string _token = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _slug = await _server.OpenCampaignAsync();
        await _server.SignAsync(_slug, CampaignServer.Signature(Address));
        _confirm = (await _server.Mail.WaitForAsync(Address, "/confirm/")).Token("/confirm/");
        _token = await _server.ConfirmAsync(_confirm);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Revoking_ends_manage_links_sessions_and_the_repeated_confirmation()
    {
        var cookie = await OpenAsync(_token);
        await CampaignServer.Expect(200, await GetAsync("/my", cookie));
        using var mine = _server.WithBearer(_token);
        await CampaignServer.Expect(204, await mine.PostAsync("/api/my/links/revoke", null));

        await (await mine.GetAsync("/api/my/signature")).ProblemAsync(401, "not-signed-in");
        await (await mine.PostAsync("/api/my/links/revoke", null)).ProblemAsync(401, "not-signed-in");
        await CampaignServer.Expect(401, await GetAsync("/my", cookie));
        await CampaignServer.Expect(404, await _server.Http.GetAsync($"/my/{_token}"));
        await (await _server.Http.PostAsJsonAsync("/api/confirmations", new { token = _confirm })).ProblemAsync(
            404,
            "link-not-usable"
        );
        Assert.Equal(1, (int)(await _server.GetJsonAsync($"/api/campaigns/{_slug}/counts"))["confirmed"]!);
    }

    [Fact]
    public async Task Page_goes_on_with_a_new_session()
    {
        var cookie = await OpenAsync(_token);
        var pressed = await CampaignServer.Expect(303, await PostAsync("/my/links/revoke", cookie));
        Assert.Equal("/my?done=revoked", pressed.Headers.Location?.OriginalString);
        await CampaignServer.Expect(401, await GetAsync("/my", cookie));
        var page = await CampaignServer.Expect(200, await GetAsync("/my?done=revoked", CookieOf(pressed)));
        Assert.Contains(
            "Your old links no longer work",
            await page.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task New_link_by_letter_ends_older_ones()
    {
        await _server.WaitForMailAsync();
        var letters = _server.Mail.To(Address).Count;
        await CampaignServer.Expect(
            202,
            await _server.Http.PostAsJsonAsync($"/api/campaigns/{_slug}/manage-link", new { email = Address })
        );
        await _server.WaitForMailAsync();
        var fresh = _server.Mail.To(Address)[letters].Token("/my/");
        await CampaignServer.Expect(404, await _server.Http.GetAsync($"/my/{_token}"));
        await CampaignServer.Expect(200, await _server.Http.GetAsync($"/my/{fresh}"));
    }

    [Fact]
    public async Task Cookie_ends_when_the_signer_signs_out_and_the_link_does_not()
    {
        var cookie = await OpenAsync(_token);
        var other = await OpenAsync(_token);
        await CampaignServer.Expect(200, await PostAsync("/my/sign-out", cookie));
        foreach (var ended in (string[])[cookie, other])
        {
            await CampaignServer.Expect(401, await GetAsync("/my", ended));
            await CampaignServer.Expect(401, await PostAsync("/my/withdraw", ended));
        }
        await CampaignServer.Expect(200, await GetAsync("/my", await OpenAsync(_token)));
    }

    private async Task<string> OpenAsync(string token) =>
        CookieOf(await CampaignServer.Expect(303, await _server.Http.PostAsync($"/my/{token}", null)));

    private static string CookieOf(HttpResponseMessage answer) =>
        answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

    private Task<HttpResponseMessage> GetAsync(string path, string cookie) => SendAsync(HttpMethod.Get, path, cookie);

    private Task<HttpResponseMessage> PostAsync(string path, string cookie) => SendAsync(HttpMethod.Post, path, cookie);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string cookie)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", cookie);
        return await _server.Http.SendAsync(request);
    }
}
