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
    [Fact]
    public async Task Board_is_shown_only_in_Development_to_a_browser_on_this_machine()
    {
        await using var server = await CampaignServer.StartAsync(null, "--environment", "Development");
        Assert.Equal(200, await StatusAsync(server));
        Assert.Equal(404, await StatusAsync(server, ("Host", "petitions.example.org")));
        Assert.Equal(404, await StatusAsync(server, ("X-Forwarded-For", "192.0.2.1")));
        Assert.Equal(404, await StatusAsync(server, ("Forwarded", "for=192.0.2.1")));
    }

    [Fact]
    public async Task Board_is_404_outside_Development()
    {
        await using var server = await CampaignServer.StartAsync(null, "--environment", "Production");
        Assert.Equal(404, await StatusAsync(server));
        using var staff = await server.StaffAsync();
        Assert.Equal(404, (int)(await staff.GetAsync($"{JobBoardPages.Address}/recurring")).StatusCode);
    }

    [Fact]
    public async Task Board_loads_nothing_inline_and_speaks_Dutch_and_Norwegian()
    {
        await using var server = await CampaignServer.StartAsync(null, "--environment", "Development");
        using var answer = await server.Http.GetAsync(JobBoardPages.Address);
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
            using var page = await server.Http.SendAsync(request);
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
        using var request = new HttpRequestMessage(new HttpMethod(method), JobBoardPages.Address + path);
        using var answer = await server.Http.SendAsync(request);
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
        var pages = await JobBoardPages.ReadAllAsync(server.Http);
        var succeeded = pages[$"{JobBoardPages.Address}/jobs/succeeded"];
        var recurring = pages[$"{JobBoardPages.Address}/recurring"];
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
        tries.Forget(17);
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
        using var answer = await server.Http.SendAsync(trigger);
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
        var words = new (string, string)[]
        {
            ("en", "in another process"),
            ("nl", "in een ander proces"),
            ("nb", "i en annen prosess"),
        };
        foreach (var (language, word) in words)
        {
            var page = await server.Http.GetStringAsync($"{JobBoardPages.Address}?lang={language}");
            Assert.Contains(word, page, StringComparison.Ordinal);
            Assert.Contains("Jobs:Storage=postgres", page, StringComparison.Ordinal);
        }
        Assert.Equal(404, await StatusAsync(server, ("Host", "petitions.example.org")));
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

    private static async Task<int> StatusAsync(CampaignServer server, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, JobBoardPages.Address);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await server.Http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
