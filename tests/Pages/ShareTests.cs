using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;
using SkiaSharp;

namespace Campaigns.Tests.Pages;

/// <summary>
/// What people pass on, and what other sites and search engines read of a campaign.
/// </summary>
[Collection(PageCollection.Name)]
public sealed class ShareTests(PageServer pages)
{
    [Fact]
    public async Task Buttons_need_a_script_and_links_do_not()
    {
        await using var plain = await pages.WindowAsync();
        var page = await plain.NewPageAsync();
        await page.GotoAsync($"/c/{pages.Slug}");
        await Assertions.Expect(page.Locator("[data-share]")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator("[data-copy]")).ToBeHiddenAsync();
        await Assertions.Expect(page.Locator("a[href^='mailto:?']")).ToBeVisibleAsync();
        var whatsApp = await page.Locator("a[href^='https://wa.me/']").GetAttributeAsync("href");
        Assert.Contains(Uri.EscapeDataString($"{pages.Server.Url}c/{pages.Slug}"), whatsApp, StringComparison.Ordinal);

        await using var scripted = await pages.WindowAsync(script: true, policy: true);
        await scripted.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        var faults = new List<string>();
        page = await scripted.NewPageAsync();
        page.Console += (_, message) => faults.Add(message.Text);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(pages.Server.Url.ToString(), StringComparison.Ordinal))
                faults.Add(request.Url);
        };
        await page.AddInitScriptAsync("navigator.share = async (what) => { window.shared = what; }");
        await page.GotoAsync($"/c/{pages.Slug}");
        await page.ClickAsync("[data-copy]");
        await Assertions.Expect(page.Locator("[data-url] [role=status]")).ToHaveTextAsync("The link is copied.");
        Assert.Equal(
            $"{pages.Server.Url}c/{pages.Slug}",
            await page.EvaluateAsync<string>("() => navigator.clipboard.readText()")
        );
        await page.ClickAsync("[data-share]");
        Assert.Equal($"{pages.Server.Url}c/{pages.Slug}", await page.EvaluateAsync<string>("() => shared.url"));
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Mastodon_is_the_server_that_a_person_names()
    {
        await using var window = await pages.WindowAsync(policy: true);
        var page = await window.NewPageAsync();
        await page.GotoAsync($"/c/{pages.Slug}");
        await page.FillAsync("#server", "not a server");
        await page.ClickAsync(".own-server button");
        await Assertions.Expect(page.Locator(".error")).ToBeVisibleAsync();
        await page.FillAsync("#server", "https://mastodon.example/");
        await page.ClickAsync(".own-server button");
        var link = page.Locator("a.button");
        await Assertions.Expect(link).ToHaveTextAsync("Write on mastodon.example");
        Assert.StartsWith(
            "https://mastodon.example/share?text=",
            await link.GetAttributeAsync("href"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("evil.example/path")]
    [InlineData("javascript:alert(1)")]
    [InlineData("evil.example?x=")]
    [InlineData("evil.example:8443")]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("")]
    public async Task What_is_no_servers_name_becomes_no_link(string typed)
    {
        var answer = await CampaignServer.Expect(
            400,
            await pages.Server.Http.GetAsync($"/c/{pages.Slug}/mastodon?server={Uri.EscapeDataString(typed)}")
        );
        var html = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("/share?text", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Badge_has_the_count_in_each_language_and_may_be_cached()
    {
        foreach (
            var (locale, word) in ((string, string)[])
                [("en", "signatures"), ("nl", "handtekeningen"), ("nb", "underskrifter")]
        )
        {
            var address = $"/c/{pages.Slug}/badge.svg?lang={locale}";
            var answer = await CampaignServer.Expect(200, await pages.Server.Http.GetAsync(address));
            Assert.Equal("image/svg+xml", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("public, max-age=300", answer.Headers.CacheControl!.ToString());
            Assert.Equal("cross-origin", Assert.Single(answer.Headers.GetValues("Cross-Origin-Resource-Policy")));
            var svg = XElement.Parse(await answer.Content.ReadAsStringAsync());
            var title = svg.Elements().First(part => part.Name.LocalName == "title").Value;
            Assert.Contains(word, title, StringComparison.Ordinal);
            Assert.DoesNotContain(svg.Descendants(), part => part.Name.LocalName is "script" or "style");
            using var again = new HttpRequestMessage(HttpMethod.Get, address);
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            await CampaignServer.Expect(304, await pages.Server.Http.SendAsync(again));
        }
    }

    [Fact]
    public async Task Card_is_a_picture_that_changes_with_the_campaign()
    {
        var slug = await pages.Server.OpenCampaignAsync("card");
        var first = await CardAsync(slug);
        using var picture = SKBitmap.Decode(first.Png);
        Assert.Equal((1200, 630), (picture.Width, picture.Height));
        Assert.Equal(first.Tag, (await CardAsync(slug)).Tag);
        using var staff = await pages.Server.StaffAsync();
        var patch = new StringContent("""{"organisation":"Others"}""", null, "application/json");
        await CampaignServer.Expect(200, await staff.PatchAsync($"/api/staff/campaigns/{slug}", patch));
        await CampaignServer.UntilAsync(
            async () => (await CardAsync(slug)).Tag != first.Tag,
            "the card is drawn again"
        );
    }

    [Fact]
    public async Task Search_engines_read_open_campaigns_and_nothing_private()
    {
        using var staff = await pages.Server.StaffAsync();
        var draft = Example.Campaign("sitemap-draft");
        await CampaignServer.Expect(201, await staff.PostAsJsonAsync("/api/staff/campaigns", draft));
        var robots = await pages.Server.Http.GetStringAsync("/robots.txt");
        Assert.Contains($"Sitemap: {pages.Server.Url}sitemap.xml", robots, StringComparison.Ordinal);
        var sitemap = await pages.Server.Http.GetStringAsync("/sitemap.xml");
        Assert.Contains($"<loc>{pages.Server.Url}c/{pages.Slug}</loc>", sitemap, StringComparison.Ordinal);
        Assert.Contains("hreflang=\"nb\"", sitemap, StringComparison.Ordinal);
        foreach (var secret in (string[])["sitemap-draft", "/my", "/confirm", "/staff", "/not-me"])
            Assert.DoesNotContain(secret, robots + sitemap, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_describes_itself_to_machines_in_its_language()
    {
        var html = await pages.Server.Http.GetStringAsync($"/c/{pages.Slug}?lang=nl&s=choir");
        var address = $"{pages.Server.Url}c/{pages.Slug}";
        foreach (
            var part in (string[])
                [
                    $"<link rel=\"canonical\" href=\"{address}?lang=nl\"",
                    $"<link rel=\"alternate\" hreflang=\"nb\" href=\"{address}?lang=nb\"",
                    $"<link rel=\"alternate\" hreflang=\"x-default\" href=\"{address}\"",
                    "<meta name=\"description\" content=\"Wij roepen",
                    "<meta property=\"og:locale\" content=\"nl_NL\"",
                    $"<meta property=\"og:image\" content=\"{address}/card.png?lang=nl&amp;n=0\"",
                    $"href=\"{address}/feed.atom?lang=nl\"",
                ]
        )
            Assert.Contains(part, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_for_machines_begin_with_the_public_path()
    {
        await using var server = await CampaignServer.StartAsync(null, "--PublicUrl=https://site.example/petitions");
        var slug = await server.OpenCampaignAsync("pathed", body =>
            body["allowedOrigins"] = new JsonArray("https://one.example")
        );
        var html = await server.Http.GetStringAsync($"/petitions/c/{slug}");
        Assert.Contains($"content=\"https://site.example/petitions/c/{slug}/card.png", html, StringComparison.Ordinal);
        Assert.Contains($"data-counts=\"/petitions/api/campaigns/{slug}/counts\"", html, StringComparison.Ordinal);
        Assert.Contains("src=\"/petitions/page.", html, StringComparison.Ordinal);
        var frame = await server.Http.GetStringAsync($"/petitions/embed/{slug}");
        Assert.Contains($"action=\"/petitions/embed/{slug}\"", frame, StringComparison.Ordinal);
        Assert.Contains("src=\"/petitions/embed/page.", frame, StringComparison.Ordinal);
        var sitemap = await server.Http.GetStringAsync("/sitemap.xml");
        Assert.Contains("https://site.example/petitions/c/", sitemap, StringComparison.Ordinal);
    }

    private async Task<(byte[] Png, string Tag)> CardAsync(string slug)
    {
        var answer = await CampaignServer.Expect(200, await pages.Server.Http.GetAsync($"/c/{slug}/card.png"));
        Assert.Equal("image/png", answer.Content.Headers.ContentType!.MediaType);
        return (await answer.Content.ReadAsByteArrayAsync(), answer.Headers.ETag!.Tag);
    }
}
