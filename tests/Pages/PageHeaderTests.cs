using System.Net;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages;

/// <summary>The headers and the size of every page.</summary>
[Collection(PageCollection.Name)]
public sealed class PageHeaderTests(PageServer pages)
{
    private const string Policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; ";
    private const string Scripts = "script-src 'self'; connect-src 'self'; ";
    private const string Bounds = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    // Pages that say nothing about a person.
    private static readonly string[] _scripted = ["/c/pages", "/c/pages/thanks"];

    [Theory]
    [InlineData("/", 200, true)]
    [InlineData("/c/pages", 200, true)]
    [InlineData("/c/pages/thanks", 200, false)]
    [InlineData("/c/pages/find", 200, true)]
    [InlineData("/confirm/broken", 404, false)]
    [InlineData("/my/broken", 404, false)]
    [InlineData("/not-me/broken", 404, false)]
    [InlineData("/my", 401, false)]
    [InlineData("/my/receipt", 401, false)]
    [InlineData("/my/sign-out/no-such-page", 404, false)]
    [InlineData("/no-such-page.php", 404, false)]
    [InlineData("/c/no-such-campaign", 404, false)]
    public async Task Page_is_small_has_a_strict_policy_and_names_no_other_host(string path, int status, bool listed)
    {
        foreach (var language in Locales.Supported)
        {
            var answer = await CampaignServer.Expect(
                status,
                await pages.Server.Http.GetAsync($"{path}?lang={language}")
            );
            var html = await answer.Content.ReadAsStringAsync();
            var isScripted = _scripted.Contains(path);
            Assert.Equal(
                Policy + (isScripted ? Scripts : "") + Bounds,
                Assert.Single(answer.Headers.GetValues("Content-Security-Policy"))
            );
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("same-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Opener-Policy")));
            Assert.NotEmpty(answer.Headers.GetValues("Permissions-Policy"));
            Assert.True(answer.Headers.CacheControl!.NoStore);
            Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
            Assert.Contains($"<html lang=\"{language}\">", html, StringComparison.Ordinal);
            Assert.Equal(!listed, html.Contains("noindex", StringComparison.Ordinal));
            Assert.Equal(isScripted, html.Contains("<script", StringComparison.Ordinal));
            Assert.DoesNotContain("style=", html, StringComparison.Ordinal);
            // The first page lists the campaigns that other tests opened on this server.
            var most = path == "/" ? 100_000 : 30_000;
            Assert.InRange(answer.Content.Headers.ContentLength ?? html.Length, 500, most);
        }
    }

    [Theory]
    [InlineData("nb-NO,nb;q=0.9,en;q=0.8", "nb")]
    [InlineData("no", "nb")]
    [InlineData("nn-NO", "nb")]
    [InlineData("nl-BE,fr;q=0.9", "nl")]
    [InlineData("fr,de;q=0.9,nl;q=0.5,en;q=0.2", "nl")]
    [InlineData("fr", "en")]
    [InlineData("nl;q=0,en", "en")]
    [InlineData("", "en")]
    public async Task Language_is_the_first_accepted_one_that_is_supported(string accepted, string spoken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (accepted.Length > 0)
            request.Headers.TryAddWithoutValidation("Accept-Language", accepted);
        var html = await (await pages.Server.Http.SendAsync(request)).Content.ReadAsStringAsync();
        Assert.Contains($"<html lang=\"{spoken}\">", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_dates_and_countries_follow_the_language()
    {
        var slug = await pages.Server.OpenCampaignAsync("numbers", body => body["handOverOn"] = "2031-05-17");
        foreach (
            var (language, goal, day, country) in ((string, string, string, string)[])
                [
                    ("en", "300,000", "17 May 2031", "Netherlands"),
                    ("nl", "300.000", "17 mei 2031", "Nederland"),
                    ("nb", "300\u00A0000", "17. mai 2031", "Nederland"),
                ]
        )
        {
            var html = WebUtility.HtmlDecode(await pages.Server.Http.GetStringAsync($"/c/{slug}?lang={language}"));
            Assert.Contains(goal, html, StringComparison.Ordinal);
            Assert.Contains(day, html, StringComparison.Ordinal);
            Assert.Contains($">{country}</option>", html, StringComparison.Ordinal);
            // The campaign's own texts keep their own language.
            Assert.Contains($"<h1 lang=\"{language}\">", html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Stylesheet_is_cached_forever_under_a_versioned_address()
    {
        var html = await pages.Server.Http.GetStringAsync("/");
        var address = html.Split("rel=\"stylesheet\" href=\"")[1].Split('"')[0];
        var answer = await CampaignServer.Expect(200, await pages.Server.Http.GetAsync(address));
        Assert.Equal("text/css", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.InRange((await answer.Content.ReadAsByteArrayAsync()).Length, 1_000, 20_000);
    }

    [Theory]
    [InlineData("text/plain", "email=a@b.example", 415)]
    [InlineData("application/x-www-form-urlencoded", "", 400)]
    public async Task Malformed_form_is_refused_with_a_page(string type, string body, int status)
    {
        var content = new StringContent(body, null, type);
        var answer = await CampaignServer.Expect(status, await pages.Server.Http.PostAsync("/c/pages", content));
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Oversized_form_is_refused()
    {
        var large = new FormUrlEncodedContent([new("name", new string('x', 20_000))]);
        var answer = await pages.Server.Http.PostAsync("/c/pages", large);
        Assert.InRange((int)answer.StatusCode, 400, 413);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Network_past_its_limit_gets_a_page_with_the_reason()
    {
        await using var server = await CampaignServer.StartAsync(null, "--Limits:RefuseSigningPerNetworkPerHour=1");
        var slug = await server.OpenCampaignAsync();
        await CampaignServer.Expect(400, await server.Http.PostAsync($"/c/{slug}", new FormUrlEncodedContent([])));
        var refused = await CampaignServer.Expect(
            429,
            await server.Http.PostAsync($"/c/{slug}?lang=nl", new FormUrlEncodedContent([]))
        );
        Assert.Equal("text/html", refused.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Het is nu erg druk", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.NotNull(refused.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("/c/pages", true)]
    [InlineData("/c/pages/thanks", true)]
    [InlineData("/my", false)]
    [InlineData("/confirm/broken", false)]
    public async Task Only_pages_without_secrets_are_compressed(string path, bool compressed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept-Encoding", "br" } } };
        var answer = await pages.Server.Http.SendAsync(request);
        Assert.Equal(compressed, answer.Content.Headers.ContentEncoding.Contains("br"));
        Assert.Contains("Accept-Language", answer.Headers.Vary);
        if (compressed)
            Assert.InRange((await answer.Content.ReadAsByteArrayAsync()).Length, 200, 9_000);
    }
}
