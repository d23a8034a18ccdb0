using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Jobs;
using Hangfire;
using Hangfire.Storage;
using Hangfire.Storage.Monitoring;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Jobs;

/// <summary>
/// The job board of a server: who may see it, what it shows, and what it must not show.
/// </summary>
public sealed class JobBoardTests
{
    [Theory]
    [InlineData("Development")]
    [InlineData("Production")]
    public async Task Board_is_shown_only_to_a_session_of_an_administrator(string environment)
    {
        await using var server = await CampaignServer.StartAsync(null, "--environment", environment);
        using var stranger = await server.Http.GetAsync(JobBoardPages.Address);
        Assert.Equal(303, (int)stranger.StatusCode);
        Assert.Equal("/staff/sign-in?next=%2Fstaff%2Fjobs", stranger.Headers.Location!.ToString());
        foreach (var role in Role.All)
        {
            using var member = await ConsoleClient.SignInAsync(server, role, role == Role.Organiser ? ["GB"] : []);
            Assert.Equal(role == Role.Administrator ? 200 : 404, await member.StatusAsync(JobBoardPages.Address));
        }
        // A token is for programs, and the board is for people.
        using var token = await server.StaffAsync();
        Assert.Equal(303, (int)(await token.GetAsync($"{JobBoardPages.Address}/recurring")).StatusCode);
    }

    [Fact]
    public async Task Board_triggers_jobs_only_in_Development()
    {
        foreach (var (environment, status) in ((string, int)[])[("Development", 204), ("Production", 401)])
        {
            await using var server = await CampaignServer.StartAsync(null, "--environment", environment);
            var board = server.Services.GetRequiredService<JobStorage>();
            await CampaignServer.UntilAsync(() => LastRun(board, "recount") is not null, "the job has not run");
            var before = LastRun(board, "recount");
            using var console = await ConsoleClient.SignInAsync(server);
            using var answer = await console.TriggerAsync($"{JobBoardPages.Address}/recurring", "recount");
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal(environment == "Development", before != LastRun(board, "recount"));
        }
    }

    [Fact]
    public async Task Board_loads_nothing_inline_and_speaks_Dutch_and_Norwegian()
    {
        await using var server = await CampaignServer.StartAsync(null, "--environment", "Development");
        using var console = await ConsoleClient.SignInAsync(server);
        using var answer = await console.Http.GetAsync(JobBoardPages.Address);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'; script-src 'self'; style-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        var words = new (string, string)[]
        {
            ("nl", "Herhalende taken"),
            ("nb", "Gjentakende"),
            ("en", "Recurring Jobs"),
        };
        foreach (var (language, word) in words)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, JobBoardPages.Address);
            request.Headers.AcceptLanguage.ParseAdd(language);
            using var page = await console.Http.SendAsync(request);
            Assert.Contains(word, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("GET", "/stats")]
    [InlineData("POST", "/stats")]
    [InlineData("GET", "/recurring/trigger")]
    [InlineData("POST", "/recurring/trigger")]
    [InlineData("GET", "/jobs/details/999999")]
    [InlineData("GET", "/jobs/details/x")]
    [InlineData("GET", "/jobs/enqueued/nothing?from=-5&count=99999999999")]
    [InlineData("GET", "/nothing")]
    public async Task Board_handles_malformed_requests_without_an_error(string method, string path)
    {
        await using var server = await CampaignServer.StartAsync(null, "--environment", "Development");
        using var console = await ConsoleClient.SignInAsync(server);
        using var request = new HttpRequestMessage(new HttpMethod(method), JobBoardPages.Address + path);
        using var answer = await console.Http.SendAsync(request);
        Assert.InRange((int)answer.StatusCode, 200, 499);
    }

    [Fact]
    public async Task Packet_job_has_only_its_id_and_letters_have_a_separate_job()
    {
        await using var server = await CampaignServer.StartAsync(null, "--environment", "Development");
        var slug = await server.OpenCampaignAsync();
        await server.SignAndConfirmAsync(slug, CampaignServer.Signature("kari@example.org"));
        using var staff = await server.StaffAsync();
        var id = await PacketOrders.OrderAsync(staff, slug);
        await PacketOrders.ReadyAsync(staff, id);

        var board = JobBoardApi.Of(server);
        await CampaignServer.UntilAsync(
            () => Named(board, $"PacketJobs.BuildAsync {id}") is not null,
            "the packet has no job"
        );
        await CampaignServer.UntilAsync(
            () => Named(board, "LetterJobs.SendAsync") is not null,
            "the letters have no job"
        );
        using var console = await ConsoleClient.SignInAsync(server);
        var pages = await JobBoardPages.ReadAllAsync(console.Http);
        var succeeded = pages[$"{JobBoardPages.Address}/jobs/succeeded"];
        // All of them on one page.
        var recurring = await console.Http.GetStringAsync($"{JobBoardPages.Address}/recurring?from=0&count=500");
        Assert.Contains($"build packet {id}", succeeded, StringComparison.Ordinal);
        Assert.Contains("send-letters, when letters are due", recurring, StringComparison.Ordinal);
        Assert.All(pages, page => Assert.DoesNotContain("Nordmann", page.Value, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rebuilt_packet_gets_a_second_job()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync();
        using var staff = await server.StaffAsync();
        var id = await PacketOrders.OrderAsync(staff, slug);
        await PacketOrders.ReadyAsync(staff, id);
        await CampaignServer.Expect(202, await staff.PostAsync($"/api/staff/packets/{id}/rebuild", null));
        await CampaignServer.UntilAsync(
            () => CountReady(JobBoardApi.Of(server), id) == 2,
            "the packet has no second job"
        );
        await PacketOrders.ReadyAsync(staff, id);
    }

    [Fact]
    public async Task Failed_builds_of_a_packet_are_counted_until_they_expire()
    {
        await using var server = await CampaignServer.StartAsync();
        var tries = server.Services.GetRequiredService<PacketTries>();
        Assert.Equal((0, 0), tries.Read(17));
        tries.Write(17, failures: 2, restarts: 99);
        tries.SetJob(17, "no such job");
        Assert.Equal(((2, 99), (0, 0)), (tries.Read(17), tries.Read(18)));
        Assert.False(tries.HasWaitingJob(17));
        tries.Remove(17);
        Assert.Equal((0, 0), tries.Read(17));
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-origin")]
    public async Task Job_is_not_triggered_by_another_site_or_without_the_token_of_the_page(string site)
    {
        await using var server = await CampaignServer.StartAsync(null, "--environment", "Development");
        var board = server.Services.GetRequiredService<JobStorage>();
        await CampaignServer.UntilAsync(() => LastRun(board, "recount") is not null, "the job has not run");
        var before = LastRun(board, "recount");
        using var trigger = new HttpRequestMessage(HttpMethod.Post, $"{JobBoardPages.Address}/recurring/trigger")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("jobs[]", "recount")]),
        };
        trigger.Headers.Add("Sec-Fetch-Site", site);
        using var console = await ConsoleClient.SignInAsync(server);
        using var answer = await console.Http.SendAsync(trigger);
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Equal(before, LastRun(board, "recount"));
    }

    [Fact]
    public async Task Idle_letters_write_no_history()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync();
        await server.SignAsync(slug, CampaignServer.Signature("kari@example.org"));
        await server.WaitForMailAsync();
        var board = JobBoardApi.Of(server);
        await CampaignServer.UntilAsync(
            () => board.EnqueuedCount("letters") == 0 && board.ProcessingCount() == 0,
            "busy"
        );
        var before = Count(board, "LetterJobs.SendAsync");
        // A packet that the same sweep found was built, so the sweep has looked for letters too.
        using var staff = await server.StaffAsync();
        for (var round = 0; round < 3; round++)
            await PacketOrders.ReadyAsync(staff, await PacketOrders.OrderAsync(staff, slug, variant: round));
        Assert.Equal(before, Count(board, "LetterJobs.SendAsync"));
    }

    // On the embedded database the API always hosts the worker.
    [Fact]
    [Trait("Database", "postgres")]
    public async Task API_without_worker_names_the_process_that_has_the_board()
    {
        await using var server = await CampaignServer.StartAsync(
            null,
            "--environment",
            "Development",
            "--Worker:InProcess=false"
        );
        using var console = await ConsoleClient.SignInAsync(server);
        var words = new (string, string)[]
        {
            ("en", "in another process"),
            ("nl", "in een ander proces"),
            ("nb", "i en annen prosess"),
        };
        foreach (var (language, word) in words)
        {
            var page = await console.Http.GetStringAsync($"{JobBoardPages.Address}?lang={language}");
            Assert.Contains(word, page, StringComparison.Ordinal);
            Assert.Contains("Jobs:Storage=postgres", page, StringComparison.Ordinal);
        }
        Assert.Null(server.Services.GetService<JobStorage>());
    }

    private static KeyValuePair<string, SucceededJobDto>? Named(IMonitoringApi board, string name) =>
        board
            .SucceededJobs(0, 1000)
            .Where(job => NameOf(job.Value) == name)
            .Cast<KeyValuePair<string, SucceededJobDto>?>()
            .FirstOrDefault();

    private static int CountReady(IMonitoringApi board, string id) =>
        board
            .SucceededJobs(0, 1000)
            .Count(job =>
                NameOf(job.Value) == $"PacketJobs.BuildAsync {id}" && (string?)job.Value.Result == "\"ready\""
            );

    private static string? LastRun(JobStorage board, string name)
    {
        using var connection = board.GetConnection();
        return connection.GetRecurringJobs([name]).Single().LastJobId;
    }

    private static int Count(IMonitoringApi board, string name) =>
        board.SucceededJobs(0, 1000).Count(job => NameOf(job.Value) == name);

    private static string NameOf(SucceededJobDto job)
    {
        var arguments = string.Join(' ', job.Job.Args.Where(argument => argument is long or string));
        return $"{job.Job.Type.Name}.{job.Job.Method.Name} {arguments}".Trim();
    }
}
