using System.Globalization;
using System.Resources;
using System.Text.Json.Nodes;
using Campaigns.Api.StaffConsole.SystemState;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker;
using Campaigns.Worker.Jobs;
using Dapper;
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
        Assert.Contains("broken</span> Clock of the machine", page, StringComparison.Ordinal);
        Assert.Contains("the clock jumped", page, StringComparison.Ordinal);
        Assert.Contains("Set the clock of the machine (NTP).", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_that_fails_is_a_warning()
    {
        await using var server = await CampaignServer.StartAsync();
        await server.OpenCampaignAsync();
        using (var database = DatabaseUnderTest.Open(server.Folder))
            await database.ExecuteAsync("ALTER TABLE milestones RENAME TO elsewhere");
        var jobs = server.Services.GetRequiredService<JobReports>();
        await CampaignServer.UntilAsync(
            () =>
            {
                server.Clock.Advance(TimeSpan.FromMinutes(2));
                return Task.FromResult(jobs.Read().Any(job => job is { Name: "record-milestones", Failed: true }));
            },
            "the job does not fail"
        );
        using var staff = await server.StaffAsync();
        var checks = JsonNode.Parse(await staff.GetStringAsync("/api/staff/system"))!["checks"]!.AsArray();
        var check = checks.Single(check => (string)check!["name"]! == "jobs")!;
        Assert.Equal("warn", (string)check["result"]!);
        Assert.Contains("record-milestones", (string)check["message"]!, StringComparison.Ordinal);
        Assert.Contains("job board", (string)check["remedy"]!, StringComparison.Ordinal);
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
