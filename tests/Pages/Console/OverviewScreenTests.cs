using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages.Console;

/// <summary>The first screen, a campaign's figures, members and the own page.</summary>
[Collection(PageCollection.Name)]
public sealed class OverviewScreenTests(PageServer pages)
{
    private string Campaign => $"/staff/c/{pages.Slug}";

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task Screens_are_accessible_full_and_with_errors(string language)
    {
        await pages.Server.SignAndConfirmAsync(
            pages.Slug,
            CampaignServer.Signature($"overview-{language}@example.org", country: "GB")
        );
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window);
        var found = new List<string>();
        foreach (
            var address in (string[])
                [
                    "/staff",
                    "/staff/me",
                    "/staff/people",
                    "/staff/sign-in",
                    Campaign,
                    $"{Campaign}?by=hour&country=GB&from=&to=",
                    $"{Campaign}?by=never",
                    $"{Campaign}/countries/GB",
                ]
        )
        {
            await page.GotoAsync(address);
            Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
            found.AddRange(await PageInspection.InspectAsync(page, address));
        }
        Assert.True(found.Count == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task Organiser_sees_the_own_country_and_no_other()
    {
        foreach (var country in (string[])["GB", "NL", "FR"])
            await pages.Server.SignAndConfirmAsync(
                pages.Slug,
                CampaignServer.Signature($"scope-{country}@example.org", country: country)
            );
        using var organiser = await ConsoleClient.SignInAsync(pages.Server, Role.Organiser, "GB");
        var page = await organiser.ReadAsync(Campaign);
        Assert.Contains("countries/GB", page, StringComparison.Ordinal);
        foreach (var foreign in (string[])["countries/NL", "countries/FR", "Netherlands", "France", "gmail"])
            Assert.DoesNotContain(foreign, page, StringComparison.Ordinal);
        Assert.Equal(200, await organiser.StatusAsync($"{Campaign}/countries/GB"));
        Assert.Equal(404, await organiser.StatusAsync($"{Campaign}/countries/NL"));
        Assert.Equal(404, await organiser.StatusAsync($"{Campaign}/countries/XX"));
        Assert.DoesNotContain(
            "The numbers",
            await organiser.ReadAsync($"{Campaign}?country=NL"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Queues_of_letters_and_holds_are_not_an_auditors()
    {
        using var administrator = await ConsoleClient.SignInAsync(pages.Server);
        Assert.Contains("Waiting for you", await administrator.ReadAsync("/staff"), StringComparison.Ordinal);
        using var auditor = await ConsoleClient.SignInAsync(pages.Server, Role.Auditor);
        var page = await auditor.ReadAsync("/staff");
        Assert.DoesNotContain("/abuse", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/letters", page, StringComparison.Ordinal);
    }
}
