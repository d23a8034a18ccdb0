using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages;

public sealed class HomePageTests
{
    private const string Button = "action=\"/dev/demonstration";
    private const string Entry = "action=\"/dev/sign-in";

    [Fact]
    public async Task One_press_sets_up_the_demonstration_and_keeps_the_language()
    {
        await using var server = await CampaignServer.StartAsync(null, "--environment", "Development");
        Assert.Contains(Button, await server.Http.GetStringAsync("/"), StringComparison.Ordinal);

        var pressed = await CampaignServer.Expect(303, await server.Http.PostAsync("/dev/demonstration?lang=nb", null));
        var page = await CampaignServer.Expect(200, await server.Http.GetAsync(pressed.Headers.Location));
        Assert.Contains("<html lang=\"nb\">", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(Button, await server.Http.GetStringAsync("/"), StringComparison.Ordinal);
        // The console is offered before and after.
        Assert.Contains(Entry, await server.Http.GetStringAsync("/"), StringComparison.Ordinal);
        // A second press does no harm.
        await CampaignServer.Expect(303, await server.Http.PostAsync("/dev/demonstration", null));
    }

    [Fact]
    public async Task Other_machines_are_not_offered_the_demonstration_and_cannot_start_it()
    {
        await using var development = await CampaignServer.StartAsync(null, "--environment", "Development");
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            using var request = new HttpRequestMessage(method, method == HttpMethod.Get ? "/" : "/dev/demonstration")
            {
                Headers = { Host = "petitions.example" },
            };
            var answer = await development.Http.SendAsync(request);
            Assert.Equal(method == HttpMethod.Get ? 200 : 404, (int)answer.StatusCode);
            var page = await answer.Content.ReadAsStringAsync();
            Assert.DoesNotContain(Button, page, StringComparison.Ordinal);
            Assert.DoesNotContain(Entry, page, StringComparison.Ordinal);
        }

        await using var production = await CampaignServer.StartAsync();
        var home = await production.Http.GetStringAsync("/");
        Assert.DoesNotContain(Button, home, StringComparison.Ordinal);
        Assert.DoesNotContain(Entry, home, StringComparison.Ordinal);
        await CampaignServer.Expect(404, await production.Http.PostAsync("/dev/demonstration", null));
    }
}
