using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages;

[Collection(PageCollection.Name)]
public sealed class DevMailTests(PageServer pages)
{
    [Fact]
    public async Task Development_mail_page_shows_letters_and_their_links_work()
    {
        await pages.Server.SignAsync(pages.Slug, CampaignServer.Signature("older@devmail.example", locale: "en"));
        await pages.Server.Mail.WaitForAsync("older@devmail.example", "/confirm/");
        await pages.Server.SignAsync(
            pages.Slug,
            CampaignServer.Signature("newer@devmail.example", "Newer Newcomer", locale: "nb")
        );
        var letter = await pages.Server.Mail.WaitForAsync("newer@devmail.example", "/confirm/");

        await using var window = await pages.WindowAsync();
        var page = await window.NewPageAsync();
        await page.GotoAsync("/dev/mail");
        var newest = page.Locator("section").First;
        await Assertions.Expect(newest).ToContainTextAsync("newer@devmail.example");
        // The page decodes the encoded words of the subject.
        await Assertions.Expect(newest.Locator("h2")).ToHaveTextAsync("Bekreft underskriften din");
        var sandbox = await newest.Locator("iframe").GetAttributeAsync("sandbox");
        Assert.DoesNotContain("allow-scripts", sandbox, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-same-origin", sandbox, StringComparison.Ordinal);

        var link = newest.FrameLocator("iframe").Locator($"a[href$='{letter.Token("/confirm/")}']").First;
        var opened = await window.RunAndWaitForPageAsync(() => link.ClickAsync());
        await Assertions.Expect(opened.GetByText("Newer Newcomer").First).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData("Host", "petitions.example")]
    [InlineData("Host", "127.0.0.1.evil.example")]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    public async Task Other_machines_and_sites_get_no_letter(string header, string value)
    {
        await pages.Server.SignAsync(pages.Slug, CampaignServer.Signature("guarded@devmail.example"));
        var letter = await pages.Server.Mail.WaitForAsync("guarded@devmail.example", "/confirm/");
        foreach (var path in (string[])["/dev/mail", "/dev/mail/" + Path.GetFileNameWithoutExtension(letter.File)])
        {
            await CampaignServer.Expect(200, await pages.Server.Http.GetAsync(path));
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation(header, value);
            await CampaignServer.Expect(404, await pages.Server.Http.SendAsync(request));
        }
        await CampaignServer.Expect(404, await pages.Server.Http.GetAsync("/dev/mail/..%2Fserve"));
    }

    [Fact]
    public async Task Mail_page_is_404_outside_Development()
    {
        await using var server = await CampaignServer.StartAsync();
        await CampaignServer.Expect(404, await server.Http.GetAsync("/dev/mail"));
    }
}
