using Campaigns.Tests.Infrastructure;
using Microsoft.Playwright;

namespace Campaigns.Tests.Pages;

/// <summary>Asking for updates and ending them in a browser without script.</summary>
[Collection(PageCollection.Name)]
public sealed class SubscriptionPageTests(PageServer pages)
{
    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task Person_subscribes_and_unsubscribes_without_script(string language)
    {
        var email = $"follows-{language}@example.org";
        await using var window = await pages.WindowAsync(language, width: 320);
        var page = await window.NewPageAsync();
        await page.GotoAsync($"/c/{pages.Slug}");
        await page.ClickAsync($"a[href='/c/{pages.Slug}/subscribe']");
        await page.ClickAsync("button.main");
        Assert.Equal(2, await page.Locator(".summary li").CountAsync());
        await page.FillAsync("#email", email);
        await page.CheckAsync("#consent");
        await page.ClickAsync("button.main");
        Assert.Equal(0, await page.Locator("form").CountAsync());

        var letter = await pages.Server.Mail.WaitForAsync(email, "/subscribe/");
        await page.GotoAsync("/subscribe/" + letter.Token("/subscribe/"));
        Assert.False(pages.Server.IsSubscriber(email, pages.Slug));
        await page.ClickAsync("button.main");
        Assert.True(pages.Server.IsSubscriber(email, pages.Slug));
        Assert.Equal(0, await page.Locator("button").CountAsync());

        await page.GotoAsync("/unsubscribe/" + pages.Server.UnsubscribeToken(email, pages.Slug));
        Assert.True(pages.Server.IsSubscriber(email, pages.Slug));
        await page.ClickAsync("button.main");
        Assert.False(pages.Server.IsSubscriber(email, pages.Slug));
        Assert.Equal(language, await page.Locator("html").GetAttributeAsync("lang"));
        Assert.Empty(await window.CookiesAsync());
    }

    [Fact]
    public async Task Form_says_that_the_notice_has_changed_and_keeps_the_input()
    {
        await using var window = await pages.WindowAsync();
        var page = await window.NewPageAsync();
        var slug = await pages.Server.OpenCampaignAsync("notice");
        using var staff = await pages.Server.StaffAsync();
        await page.GotoAsync($"/c/{slug}/subscribe");
        await page.FillAsync("#email", "reads@example.org");
        await page.CheckAsync("#consent");
        await CampaignServer.Expect(
            200,
            await staff.PatchAsync(
                $"/api/staff/campaigns/{slug}",
                HttpAnswers.Json("""{"privacyNotice":{"version":"next","text":"Other words."}}""")
            )
        );
        await page.ClickAsync("button.main");
        await Assertions.Expect(page.Locator(".notice")).ToContainTextAsync("privacy notice");
        Assert.Equal("reads@example.org", await page.InputValueAsync("#email"));
        Assert.False(await page.IsCheckedAsync("#consent"));
        await page.CheckAsync("#consent");
        await page.ClickAsync("button.main");
        await pages.Server.Mail.WaitForAsync("reads@example.org", "/subscribe/");
    }

    [Fact]
    public async Task Signing_form_asks_yes_or_no_and_neither_is_chosen()
    {
        await using var window = await pages.WindowAsync();
        var page = await window.NewPageAsync();
        await page.GotoAsync($"/c/{pages.Slug}");
        Assert.Equal(0, await page.Locator("input[name='consents.updates']:checked").CountAsync());
        Assert.Equal(2, await page.Locator("input[name='consents.updates']").CountAsync());
        await SignAsync(page, "says-nothing@example.org", null);
        await SignAsync(page, "says-no@example.org", "#updates-no");
        await SignAsync(page, "says-yes@example.org", "#updates-yes");
        Assert.Equal(
            1,
            pages.Server.Query<long>("SELECT count(*) FROM signatures WHERE updates = 1 AND country = 'IS'")
        );

        async Task SignAsync(IPage form, string email, string? choice)
        {
            await form.GotoAsync($"/c/{pages.Slug}");
            await form.FillAsync("#email", email);
            await form.SelectOptionAsync("#country", "IS");
            await form.CheckAsync("[id='consents.sign']");
            if (choice is not null)
                await form.CheckAsync(choice);
            await form.ClickAsync("button.main");
            await Assertions.Expect(form.Locator("#sign")).ToHaveCountAsync(0);
        }
    }

    [Fact]
    public async Task Signer_who_withdrew_stops_the_news_on_the_own_page()
    {
        const string Email = "withdraws-news@example.org";
        var token = await pages.Server.SignAndConfirmAsync(pages.Slug, CampaignServer.Signature(Email));
        await using var window = await pages.WindowAsync();
        var page = await window.NewPageAsync();
        await page.GotoAsync("/my/" + token);
        await page.ClickAsync("button.main");
        Assert.True(await page.IsCheckedAsync("#updates-yes"));
        await page.GotoAsync("/my/withdraw");
        await page.ClickAsync("button.grave");
        Assert.True(pages.Server.IsSubscriber(Email, pages.Slug));
        await page.ClickAsync("form[action='/my/unsubscribe'] button");
        Assert.False(pages.Server.IsSubscriber(Email, pages.Slug));
        Assert.Equal(0, await page.Locator("form[action='/my/unsubscribe']").CountAsync());
    }

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task Pages_have_no_accessibility_violation(string language)
    {
        var email = $"{new string('z', 60)}-{language}@follow.example";
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await window.NewPageAsync();
        var found = new List<string>();
        await page.GotoAsync($"/c/{pages.Slug}/subscribe");
        await Look("form");
        await page.ClickAsync("button.main");
        await Look("refused");
        await page.FillAsync("#email", email);
        await page.CheckAsync("#consent");
        await page.ClickAsync("button.main");
        await Look("sent");
        var letter = await pages.Server.Mail.WaitForAsync(email, "/subscribe/");
        await page.GotoAsync("/subscribe/" + letter.Token("/subscribe/"));
        await Look("subscribe");
        await page.ClickAsync("button.main");
        await Look("subscribed");
        await page.GotoAsync("/unsubscribe/" + pages.Server.UnsubscribeToken(email, pages.Slug));
        await Look("unsubscribe");
        await page.ClickAsync("button.main");
        await Look("unsubscribed");
        await page.GotoAsync("/unsubscribe/broken");
        await Look("broken");
        Assert.True(found.Count == 0, string.Join('\n', found));

        async Task Look(string what) => found.AddRange(await PageInspection.InspectAsync(page, what));
    }
}
