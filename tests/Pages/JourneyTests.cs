using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages;

/// <summary>The whole journey of a supporter in a real browser without script.</summary>
[Collection(PageCollection.Name)]
public sealed class JourneyTests(PageServer pages)
{
    public static readonly TheoryData<string, Words> Languages = new()
    {
        {
            "en",
            new(
                "Sign now",
                "Sign",
                "Now check your mail",
                "Yes, count my signature",
                "Thank you. You are counted.",
                "Norway",
                "See my signature",
                "My signature",
                "Only a number",
                "Save",
                "Saved.",
                "Withdraw…",
                "Withdraw my signature",
                "Your signature is withdrawn.",
                "Erase…",
                "Erase everything",
                "Everything is erased"
            )
        },
        {
            "nl",
            new(
                "Teken nu",
                "Teken",
                "Kijk nu in je mail",
                "Ja, tel mijn handtekening mee",
                "Dank je wel. Je telt mee.",
                "Noorwegen",
                "Bekijk mijn handtekening",
                "Mijn handtekening",
                "Alleen een getal",
                "Bewaren",
                "Bewaard.",
                "Intrekken…",
                "Trek mijn handtekening in",
                "Je handtekening is ingetrokken.",
                "Wissen…",
                "Wis alles",
                "Alles is gewist"
            )
        },
        {
            "nb",
            new(
                "Skriv under nå",
                "Skriv under",
                "Sjekk e-posten din nå",
                "Ja, tell underskriften min",
                "Takk. Du er talt med.",
                "Norge",
                "Se underskriften min",
                "Underskriften min",
                "Bare et tall",
                "Lagre",
                "Lagret.",
                "Trekk underskriften…",
                "Trekk underskriften min",
                "Underskriften er trukket.",
                "Slett alt…",
                "Slett alt",
                "Alt er slettet"
            )
        },
    };

    [Theory, MemberData(nameof(Languages))]
    public async Task Supporter_signs_confirms_changes_withdraws_and_erases_without_script(string language, Words words)
    {
        await using var window = await pages.WindowAsync(language, width: 375);
        var page = await window.NewPageAsync();
        var problems = new List<string>();
        page.Console += (_, message) => problems.Add(message.Text);
        var email = $"kari-{language}@journey.example";

        await page.GotoAsync("/");
        await page.ClickAsync($"a[href='/c/{pages.Slug}']");
        await page.ClickAsync($"a >> text='{words.Jump}'");
        await page.FillAsync("#email", email);
        await page.SelectOptionAsync("#country", "NO");
        await page.CheckAsync("#disclosure-initials");
        await page.FillAsync("#name", "Kari Nørdmann");
        await page.FillAsync("#locality", "Bergen");
        await page.CheckAsync("[id='consents.sign']");
        await page.ClickAsync($"button >> text='{words.Sign}'");
        await SeesHeading(page, words.CheckMail);

        var letter = await pages.Server.Mail.WaitForAsync(email, "/confirm/");
        await page.GotoAsync("/confirm/" + letter.Token("/confirm/"));
        await SeesText(page, "Kari Nørdmann");
        await SeesText(page, words.Country);
        await page.ClickAsync($"button >> text='{words.Confirm}'");
        await SeesHeading(page, words.Confirmed);
        // After a reload a second press gets the same answer.
        await page.ReloadAsync();
        await SeesHeading(page, words.Confirmed);

        await page.ClickAsync($"button >> text='{words.Mine}'");
        await SeesHeading(page, words.MyTitle);
        Assert.Equal("/my", new Uri(page.Url).AbsolutePath);
        await SeesText(page, email);

        await page.CheckAsync($"label >> text='{words.Number}'");
        await page.ClickAsync($"button >> text='{words.Save}'");
        await SeesText(page, words.Saved);
        Assert.True(await page.IsCheckedAsync("#disclosure-count"));

        await page.ClickAsync($"a >> text='{words.Withdraw}'");
        await page.ClickAsync($"button >> text='{words.WithdrawNow}'");
        await SeesText(page, words.Withdrawn);

        await page.ClickAsync($"a >> text='{words.Erase}'");
        await page.ClickAsync($"button >> text='{words.EraseNow}'");
        await SeesHeading(page, words.Erased);
        Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
        Assert.Empty(await window.CookiesAsync());

        await page.GotoAsync("/confirm/" + letter.Token("/confirm/"));
        Assert.Equal("404", await StatusOf(page));
        problems.RemoveAll(trouble => trouble.Contains("404", StringComparison.Ordinal));
        Assert.Empty(problems);
    }

    [Fact]
    public async Task Chosen_language_stays_through_links_and_forms_without_a_cookie()
    {
        await using var window = await pages.WindowAsync("en");
        var page = await window.NewPageAsync();
        await page.GotoAsync($"/c/{pages.Slug}");
        await page.ClickAsync("a[hreflang=nl]");
        Assert.Equal("nl", await page.Locator("html").GetAttributeAsync("lang"));

        await page.FillAsync("#email", "wrong");
        await page.ClickAsync("button.main");
        Assert.Equal("nl", await page.Locator("html").GetAttributeAsync("lang"));
        await page.FillAsync("#email", "switch@journey.example");
        await page.SelectOptionAsync("#country", "NL");
        await page.CheckAsync("[id='consents.sign']");
        await page.ClickAsync("button.main");
        await SeesHeading(page, "Kijk nu in je mail");
        await page.ClickAsync("a.brand");
        Assert.Equal("nl", await page.Locator("html").GetAttributeAsync("lang"));
        Assert.Empty(await window.CookiesAsync());
    }

    [Fact]
    public async Task Refused_form_keeps_the_input_and_explains_each_field()
    {
        await using var window = await pages.WindowAsync("en");
        var page = await window.NewPageAsync();
        await page.GotoAsync($"/c/{pages.Slug}");
        await page.FillAsync("#email", "kari@");
        await page.CheckAsync("#disclosure-name");
        await page.FillAsync("#locality", "Bergen");
        await page.CheckAsync("[id='updates-yes']");
        await page.ClickAsync("button.main");

        Assert.StartsWith("Error:", await page.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal(["#email", "#country", "#name", "#consents.sign"], await Hrefs(page));
        Assert.Equal("kari@", await page.InputValueAsync("#email"));
        Assert.Equal("Bergen", await page.InputValueAsync("#locality"));
        Assert.True(await page.IsCheckedAsync("#disclosure-name"));
        Assert.True(await page.IsCheckedAsync("[id='updates-yes']"));
        foreach (var field in (string[])["email", "country", "name", "consents.sign"])
        {
            var input = page.Locator($"[id='{field}']");
            Assert.Equal("true", await input.GetAttributeAsync("aria-invalid"));
            Assert.Contains(
                $"{field}-error",
                await input.GetAttributeAsync("aria-describedby"),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Text_changed_while_being_read_is_shown_again_and_not_signed()
    {
        var slug = await pages.Server.OpenCampaignAsync("changing");
        await using var window = await pages.WindowAsync("en");
        var page = await window.NewPageAsync();
        await page.GotoAsync($"/c/{slug}");
        await page.FillAsync("#email", "late@journey.example");
        await page.SelectOptionAsync("#country", "NO");
        await page.CheckAsync("[id='consents.sign']");

        using var staff = await pages.Server.StaffAsync();
        var texts = new JsonObject
        {
            ["texts"] = new JsonObject
            {
                ["en"] = new JsonObject { ["title"] = "Another title", ["demand"] = "Another demand." },
            },
        };
        await CampaignServer.Expect(
            200,
            await staff.PatchAsync(
                $"/api/staff/campaigns/{slug}",
                new StringContent(texts.ToJsonString(), null, "application/json")
            )
        );

        await page.ClickAsync("button.main");
        await SeesText(page, "The text of this petition has just changed");
        await SeesHeading(page, "Another title");
        Assert.Equal("late@journey.example", await page.InputValueAsync("#email"));
        // The consent was given to another text.
        Assert.False(await page.IsCheckedAsync("[id='consents.sign']"));
        await page.CheckAsync("[id='consents.sign']");
        await page.ClickAsync("button.main");
        await SeesHeading(page, "Now check your mail");
    }

    [Fact]
    public async Task Campaign_that_is_not_open_has_no_form()
    {
        var closed = await pages.Server.OpenCampaignAsync("closed-one");
        using var staff = await pages.Server.StaffAsync();
        await using var window = await pages.WindowAsync("en");
        var page = await window.NewPageAsync();
        await page.GotoAsync($"/c/{closed}");
        await page.FillAsync("#email", "late@journey.example");
        await page.SelectOptionAsync("#country", "NO");
        await page.CheckAsync("[id='consents.sign']");
        await CampaignServer.Expect(204, await staff.PostAsync($"/api/staff/campaigns/{closed}/close", null));
        await page.ClickAsync("button.main");
        await SeesHeading(page, "Signing has closed");
        Assert.Equal("late@journey.example", await page.InputValueAsync("#email"));
        await page.GotoAsync($"/c/{closed}");
        await SeesHeading(page, "Signing has closed");
        Assert.Equal(0, await page.Locator("#email").CountAsync());

        var early = await pages.Server.OpenCampaignAsync("early-one", body =>
            body["opensAt"] = "2099-05-17T00:00:00.000Z"
        );
        await page.GotoAsync($"/c/{early}");
        await SeesText(page, "You can sign from 17 May 2099, 01:00 (London).");
        Assert.Equal(0, await page.Locator("#email").CountAsync());
    }

    private static Task SeesHeading(IPage page, string heading) =>
        Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = heading, Exact = true })).ToBeVisibleAsync();

    private static Task SeesText(IPage page, string text) =>
        Assertions.Expect(page.GetByText(text).First).ToBeVisibleAsync();

    private static async Task<string[]> Hrefs(IPage page)
    {
        var links = page.Locator(".summary a");
        var hrefs = new string[await links.CountAsync()];
        for (var i = 0; i < hrefs.Length; i++)
            hrefs[i] = await links.Nth(i).GetAttributeAsync("href") ?? "";
        return hrefs;
    }

    private static async Task<string> StatusOf(IPage page) =>
        ((await page.ReloadAsync())?.Status ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The texts of buttons and headings in one language.</summary>
public sealed record Words(
    string Jump,
    string Sign,
    string CheckMail,
    string Confirm,
    string Confirmed,
    string Country,
    string Mine,
    string MyTitle,
    string Number,
    string Save,
    string Saved,
    string Withdraw,
    string WithdrawNow,
    string Withdrawn,
    string Erase,
    string EraseNow,
    string Erased
);
