using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages;

/// <summary>The form and the counter of a campaign in a frame of another site.</summary>
[Collection(PageCollection.Name)]
public sealed class EmbedTests(PageServer pages)
{
    private const string Sandbox = "sandbox=\"allow-forms allow-scripts\"";

    [Theory]
    [InlineData("", true)]
    [InlineData("", false)]
    [InlineData(Sandbox, true)]
    [InlineData(Sandbox, false)]
    public async Task Frame_of_another_site_signs_also_after_a_refusal(string sandbox, bool script)
    {
        var port = HostSite.NextPort();
        var slug = await OpenAsync($"embed-{port}", port);
        await using var host = await HostSite.StartAsync(
            port,
            pages.Server.Url,
            $"""
            <iframe src="{pages.Server.Url}embed/{slug}?lang=nl" title="Petition" height="300" {sandbox}></iframe>
            <script src="{pages.Server.Url}embed/host.js" async></script>
            """
        );
        await using var window = await pages.WindowAsync(script: script, policy: true);
        var page = await window.NewPageAsync();
        var faults = new List<string>();
        page.Console += (_, message) =>
        {
            // The refused form, and that a browser does not focus its summary by itself in a frame.
            if (
                message.Type == "error"
                && !message.Text.Contains("status of 400", StringComparison.Ordinal)
                && !message.Text.StartsWith("Blocked autofocusing", StringComparison.Ordinal)
            )
                faults.Add(message.Text);
        };
        await page.GotoAsync(host.Origin);
        var frame = page.FrameLocator("iframe");
        await frame.Locator("button.main").ClickAsync();
        await Assertions.Expect(frame.Locator("#errors")).ToBeVisibleAsync();
        var email = $"frame-{port}@embed.example";
        await frame.Locator("#email").FillAsync(email);
        await frame.Locator("#country").SelectOptionAsync("NO");
        await frame.Locator("[id='consents.sign']").CheckAsync();
        await frame.Locator("button.main").ClickAsync();
        await Assertions.Expect(frame.Locator("h1")).ToHaveTextAsync("Kijk nu in je mail");
        await pages.Server.Mail.WaitForAsync(email, "/confirm/");
        if (script)
            await Assertions.Expect(page.Locator("iframe")).Not.ToHaveAttributeAsync("height", "300");
        Assert.Empty(await window.CookiesAsync());
        Assert.Empty(faults);
    }

    [Fact]
    public async Task Script_of_the_host_makes_the_frame()
    {
        var port = HostSite.NextPort();
        var slug = await OpenAsync($"embed-{port}", port);
        await using var host = await HostSite.StartAsync(
            port,
            pages.Server.Url,
            $"""<script src="{pages.Server.Url}embed/host.js" data-campaign="{slug}" data-show="counter"></script>"""
        );
        await using var window = await pages.WindowAsync(script: true, policy: true);
        var page = await window.NewPageAsync();
        await page.GotoAsync(host.Origin);
        await Assertions.Expect(page.FrameLocator("iframe").Locator(".goal strong")).ToHaveTextAsync("0");
        await Assertions.Expect(page.Locator("iframe")).Not.ToHaveAttributeAsync("height", "260");
    }

    [Fact]
    public async Task Site_that_is_not_listed_cannot_show_the_frame()
    {
        var slug = await OpenAsync("embed-elsewhere", 1);
        await using var host = await HostSite.StartAsync(
            HostSite.NextPort(),
            pages.Server.Url,
            $"""<iframe src="{pages.Server.Url}embed/{slug}" title="Petition"></iframe>"""
        );
        await using var window = await pages.WindowAsync(policy: true);
        var page = await window.NewPageAsync();
        var refused = page.WaitForConsoleMessageAsync();
        await page.GotoAsync(host.Origin);
        Assert.Contains("frame-ancestors", (await refused).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 200)]
    [InlineData("/counter", 200)]
    [InlineData("/thanks", 200)]
    [InlineData("/nothing", 404)]
    public async Task Frame_sets_no_cookie_and_names_the_listed_sites(string path, int status)
    {
        var slug = $"embed-headers{path.Replace('/', '-')}";
        await pages.Server.OpenCampaignAsync(slug, body =>
            body["allowedOrigins"] = new JsonArray("https://one.example", "https://two.example")
        );
        var answer = await CampaignServer.Expect(status, await pages.Server.Http.GetAsync($"/embed/{slug}{path}"));
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.EndsWith("frame-ancestors https://one.example https://two.example", policy, StringComparison.Ordinal);
        Assert.Contains("form-action 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        var own = await pages.Server.Http.GetAsync($"/c/{slug}");
        Assert.EndsWith(
            "frame-ancestors 'none'",
            Assert.Single(own.Headers.GetValues("Content-Security-Policy")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Campaign_without_listed_sites_takes_no_form_of_a_frame()
    {
        var slug = await pages.Server.OpenCampaignAsync("embed-nowhere", body =>
            body["allowedOrigins"] = new JsonArray()
        );
        var shown = await CampaignServer.Expect(200, await pages.Server.Http.GetAsync($"/embed/{slug}"));
        Assert.EndsWith(
            "frame-ancestors 'none'",
            Assert.Single(shown.Headers.GetValues("Content-Security-Policy")),
            StringComparison.Ordinal
        );
        await CampaignServer.Expect(403, await PostAsync(slug));
    }

    [Fact]
    public async Task Sensitive_campaign_embeds_its_counter_and_links_to_its_page()
    {
        var slug = await pages.Server.OpenCampaignAsync("embed-sensitive", body =>
        {
            body["allowedOrigins"] = new JsonArray("https://one.example");
            body["sensitive"] = true;
        });
        var html = await pages.Server.Http.GetStringAsync($"/embed/{slug}?s=choir");
        Assert.DoesNotContain("<form", html, StringComparison.Ordinal);
        Assert.Contains($"href=\"/c/{slug}?s=choir\" target=\"_blank\"", html, StringComparison.Ordinal);
        await CampaignServer.Expect(403, await PostAsync(slug));
        var counter = await pages.Server.Http.GetStringAsync($"/embed/{slug}/counter");
        Assert.Contains("class=\"goal\"", counter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draft_is_in_no_frame()
    {
        using var staff = await pages.Server.StaffAsync();
        var body = Example.Campaign("embed-draft");
        await CampaignServer.Expect(201, await staff.PostAsJsonAsync("/api/staff/campaigns", body));
        foreach (var path in (string[])["", "/counter", "/thanks"])
            await CampaignServer.Expect(404, await pages.Server.Http.GetAsync("/embed/embed-draft" + path));
    }

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task Frames_are_accessible_at_320_pixels(string language)
    {
        var slug = await OpenAsync($"embed-axe-{language}", 1);
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await window.NewPageAsync();
        var found = new List<string>();
        await page.GotoAsync($"/embed/{slug}");
        found.AddRange(await PageInspection.InspectAsync(page, "embed"));
        await page.ClickAsync("button.main");
        found.AddRange(await PageInspection.InspectAsync(page, "embed, refused"));
        await page.GotoAsync($"/embed/{slug}/counter");
        found.AddRange(await PageInspection.InspectAsync(page, "counter"));
        await page.GotoAsync($"/embed/{slug}/thanks");
        found.AddRange(await PageInspection.InspectAsync(page, "thanks"));
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    private async Task<HttpResponseMessage> PostAsync(string slug) =>
        await pages.Server.Http.PostAsync(
            $"/embed/{slug}",
            new FormUrlEncodedContent(new Dictionary<string, string> { ["email"] = "a@embed.example" })
        );

    private Task<string> OpenAsync(string slug, int port) =>
        pages.Server.OpenCampaignAsync(slug, body =>
            body["allowedOrigins"] = new JsonArray($"http://127.0.0.1:{port}")
        );
}
