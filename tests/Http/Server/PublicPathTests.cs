using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Campaigns.Db;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Server;

/// <summary>
/// A <c>PublicUrl</c> with a path, behind nginx: every address that a person or a program gets from
/// the server leads back to it.
/// </summary>
public sealed partial class PublicPathTests
{
    private const string Base = "/petitions";

    // With a slash after the address of the server nginx strips the path of the location; without one it passes it on.
    public static TheoryData<string> Proxies => ["", "/"];

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Every_link_form_redirect_and_cookie_has_the_path(string slash)
    {
        await using var site = await Site.StartAsync(slash);
        var slug = await site.Server.OpenCampaignAsync();
        foreach (var page in (string[])["/", $"/c/{slug}", $"/c/{slug}/thanks", $"/c/{slug}/find", "/my", "/no-such"])
        {
            foreach (var language in (string[])["", "?lang=nl"])
                await site.FollowAsync(Base + page + language);
        }

        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["name"] = "Kari Nordmann",
                ["email"] = "kari@example.org",
                ["country"] = "NO",
                ["disclosure"] = "name",
                ["consents.sign"] = "yes",
            }
        );
        var signed = await CampaignServer.Expect(303, await site.Http.PostAsync($"{Base}/c/{slug}?lang=nb", form));
        Assert.Equal($"{Base}/c/{slug}/thanks?lang=nb", signed.Headers.Location!.ToString());

        var letter = await site.Server.Mail.WaitForAsync("kari@example.org", "/confirm/");
        var links = Link().Matches(letter.Text).Select(match => match.Value).Distinct().ToList();
        Assert.Equal(2, links.Count);
        Assert.All(links, link => Assert.StartsWith(site.PublicUrl + "/", link, StringComparison.Ordinal));
        foreach (var link in links)
            await site.FollowAsync(new Uri(link).AbsolutePath);
        var confirmed = await CampaignServer.Expect(
            200,
            await site.Http.PostAsync(links.Single(link => link.Contains("/confirm/", StringComparison.Ordinal)), null)
        );
        var page2 = WebUtility.HtmlDecode(await confirmed.Content.ReadAsStringAsync());
        Assert.Contains($"href=\"{site.PublicUrl}/c/{slug}\"", page2, StringComparison.Ordinal);
        var manage = Form().Matches(page2).Select(match => match.Groups[1].Value).Single();

        var opened = await CampaignServer.Expect(303, await site.Http.PostAsync(manage, null));
        Assert.Equal(Base + "/my", opened.Headers.Location!.ToString());
        var cookie = Assert.Single(opened.Headers.GetValues("Set-Cookie"));
        Assert.Contains($"path={Base}/my;", cookie, StringComparison.Ordinal);
        var session = cookie.Split(';')[0];
        foreach (var page in (string[])["/my", "/my/withdraw", "/my/erase"])
            await site.FollowAsync(Base + page, session);
        foreach (
            var (action, next) in ((string, string)[])
                [("/my/withdraw", $"{Base}/my?done=withdrawn"), ("/my/erase", $"{Base}/my/erased")]
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Base + action);
            request.Headers.Add("Cookie", session);
            var answer = await CampaignServer.Expect(303, await site.Http.SendAsync(request));
            Assert.Equal(next, answer.Headers.Location!.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Addresses_in_the_API_and_its_document_have_the_path(string slash)
    {
        await using var site = await Site.StartAsync(slash);
        await site.Server.OpenCampaignAsync();
        var document = await CampaignServer.Expect(200, await site.Http.GetAsync(Base + "/openapi/v1.json"));
        Assert.Equal(Base, (string?)(await document.BodyAsync())["servers"]![0]!["url"]);
        await site.FollowAsync(Base + "/docs");

        var token = await site
            .Server.Services.GetRequiredService<StaffStore>()
            .AddAsync("Test", Role.Administrator, [], Actor.Operator);
        site.Http.DefaultRequestHeaders.Add("Authorization", $"Bearer {token}");
        var body = Example.Campaign();
        body["slug"] = "behind-a-path";
        for (var time = 0; time < 2; time++)
        {
            using var create = new HttpRequestMessage(HttpMethod.Post, Base + "/api/staff/campaigns")
            {
                Content = JsonContent.Create(body),
            };
            create.Headers.Add("Idempotency-Key", "path");
            var created = await CampaignServer.Expect(201, await site.Http.SendAsync(create));
            Assert.Equal($"{Base}/api/staff/campaigns/behind-a-path", created.Headers.Location!.ToString());
            await CampaignServer.Expect(200, await site.Http.GetAsync(created.Headers.Location));
        }
        // The same request past the proxy, without the path, is the same request.
        using var direct = new HttpRequestMessage(HttpMethod.Post, "/api/staff/campaigns")
        {
            Content = JsonContent.Create(body),
        };
        direct.Headers.Add("Idempotency-Key", "path");
        direct.Headers.Add("Authorization", $"Bearer {token}");
        await CampaignServer.Expect(201, await site.Server.Http.SendAsync(direct));
        await CampaignServer.Expect(200, await site.Server.Http.GetAsync("/healthz/live"));

        using var packet = await site.Http.PostAsJsonAsync(
            $"{Base}/api/staff/campaigns/chechnya-2019/packets",
            new { recipient = "embassy-london" }
        );
        await CampaignServer.Expect(202, packet);
        var address = packet.Headers.Location!.ToString();
        Assert.StartsWith(Base + "/api/staff/packets/", address, StringComparison.Ordinal);
        await CampaignServer.UntilAsync(
            async () => (string?)(await (await site.Http.GetAsync(address)).BodyAsync())["status"] == "ready",
            "the packet is not ready"
        );
        var rebuilt = await CampaignServer.Expect(202, await site.Http.PostAsync(address + "/rebuild", null));
        Assert.Equal(address, rebuilt.Headers.Location!.ToString());
    }

    [Theory]
    [MemberData(nameof(Proxies))]
    public async Task Pages_of_a_developer_have_the_path(string slash)
    {
        await using var site = await Site.StartAsync(slash, "--environment=Development");
        // Past the proxy, because these pages are for this machine only.
        using var console = await ConsoleClient.SignInAsync(site.Server);
        foreach (var page in (string[])["/", "/dev/mail", "/staff/jobs", "/staff/audit", "/staff/system"])
        {
            var html = await (await console.Http.GetAsync(page)).Content.ReadAsStringAsync();
            Assert.All(Addresses(html), address => Assert.StartsWith(Base + "/", address, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("/c")]
    [InlineData("/my/petitions")]
    [InlineData("/api")]
    [InlineData("/API/v1")]
    [InlineData("/docs")]
    public async Task Path_like_an_address_of_the_program_refuses_the_start(string path)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() =>
            CampaignServer.StartAsync(null, $"--PublicUrl=https://example.org{path}")
        );
        Assert.Contains("PublicUrl", refused.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Addresses(string html) =>
        Address()
            .Matches(html)
            .Select(match => WebUtility.HtmlDecode(match.Groups[1].Value))
            .Where(address =>
                address.Length > 0 && address[0] is not ('#' or '?') && !address.Contains(':', StringComparison.Ordinal)
            );

    [GeneratedRegex(@"https?://[^\s""<]+")]
    private static partial Regex Link();

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]+)\"")]
    private static partial Regex Form();

    [GeneratedRegex("(?:href|src|action)=\"([^\"]*)\"")]
    private static partial Regex Address();

    private sealed class Site(CampaignServer server, Nginx nginx, string publicUrl) : IAsyncDisposable
    {
        public CampaignServer Server => server;
        public HttpClient Http => nginx.Http;
        public string PublicUrl => publicUrl;

        public static async Task<Site> StartAsync(string slash, params string[] settings)
        {
            var port = TestPorts.Next();
            var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{Base}");
            var server = await CampaignServer.StartAsync(
                null,
                [$"--PublicUrl={url}/", "--Proxies:Known:0=127.0.0.1", .. settings]
            );
            var target = server.Url.GetLeftPart(UriPartial.Authority);
            var nginx = await Nginx.StartAsync(
                port,
                $$"""
                proxy_set_header Host $http_host;
                proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                location = {{Base}} { proxy_pass {{target}}{{slash}}; }
                location {{Base}}/ { proxy_pass {{target}}{{slash}}; }
                location / { return 418; }
                """
            );
            return new Site(server, nginx, url);
        }

        /// <summary>Gets a page and every address on it; none leaves the path.</summary>
        public async Task FollowAsync(string page, string? cookie = null)
        {
            var html = await (await GetAsync(page, cookie)).Content.ReadAsStringAsync();
            var addresses = Addresses(html).Distinct().ToList();
            Assert.NotEmpty(addresses);
            var forms = Form().Matches(html).Select(match => match.Groups[1].Value).ToList();
            foreach (var address in addresses)
            {
                var at = new Uri(new Uri(nginx.Url, page), address).PathAndQuery;
                Assert.True(at.StartsWith(Base + "/", StringComparison.Ordinal), $"{page} links to {address}");
                var answer = await GetAsync(at, cookie);
                // The language links of a missing page lead to it. A receipt may not be ready.
                if (at.Split('?')[0] != page.Split('?')[0] && !forms.Contains(address))
                    Assert.True((int)answer.StatusCode is 200 or 409, $"{at}: {(int)answer.StatusCode}");
            }
        }

        public async ValueTask DisposeAsync()
        {
            await nginx.DisposeAsync();
            await server.DisposeAsync();
        }

        private Task<HttpResponseMessage> GetAsync(string page, string? cookie)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, page);
            if (cookie is not null)
                request.Headers.Add("Cookie", cookie);
            return Http.SendAsync(request);
        }
    }
}
