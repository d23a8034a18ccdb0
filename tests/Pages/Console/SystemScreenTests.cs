using System.Globalization;
using System.Resources;
using Campaigns.Api.StaffConsole.SystemState;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker;
using Campaigns.Worker.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Pages.Console;

[Collection(PageCollection.Name)]
public sealed class SystemScreenTests(PageServer pages)
{
    private const string Address = "/staff/system";

    [Theory, InlineData("en"), InlineData("nl"), InlineData("nb")]
    public async Task Screen_is_accessible_and_names_every_job(string language)
    {
        await using var window = await pages.WindowAsync(language, width: 320, script: true);
        var page = await ConsoleWindow.SignInAsync(window);
        await page.GotoAsync(Address);
        var found = await PageInspection.InspectAsync(page, "system");
        Assert.True(found.Count == 0, string.Join('\n', found));

        var texts = new ResourceManager(typeof(SystemTexts));
        var culture = CultureInfo.GetCultureInfo(language);
        var shown = await page.Locator("main").InnerTextAsync();
        foreach (var job in pages.Server.Services.GetRequiredService<JobReports>().Read())
            Assert.Contains(texts.GetString("Job." + job.Name, culture)!, shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problem_is_a_card_that_says_what_to_do()
    {
        await using var server = await CampaignServer.StartOnAsync(
            MachineClock.Running(),
            null,
            services => services.AddSingleton<IHealthProblem>(new Problem()),
            "--environment",
            "Development"
        );
        using var console = await ConsoleClient.SignInAsync(server);
        var page = await console.ReadAsync(Address);
        Assert.Contains("The clock of the machine is not trusted", page, StringComparison.Ordinal);
        Assert.Contains("the clock jumped", page, StringComparison.Ordinal);
        Assert.Contains("Set the clock of the machine (NTP).", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_administrators_are_led_to_the_board()
    {
        using var administrator = await ConsoleClient.SignInAsync(pages.Server);
        Assert.Contains("/staff/jobs", await administrator.ReadAsync(Address), StringComparison.Ordinal);
        using var auditor = await ConsoleClient.SignInAsync(pages.Server, Role.Auditor);
        Assert.DoesNotContain("/staff/jobs", await auditor.ReadAsync(Address), StringComparison.Ordinal);
    }

    private sealed class Problem : IHealthProblem
    {
        public string Name => "clock";

        string IHealthProblem.Problem => "the clock jumped";
    }
}
