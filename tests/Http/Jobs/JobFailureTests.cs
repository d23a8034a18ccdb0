using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Http.Jobs;

/// <summary>What the job board shows of failed jobs.</summary>
public sealed class JobFailureTests
{
    [Fact]
    public async Task Packet_that_cannot_be_built_fails_after_three_jobs()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync();
        await server.SignAndConfirmAsync(slug, CampaignServer.Signature("kari@example.org"));
        await CampaignServer.UntilAsync(
            () => server.Query<long>("SELECT count(*) FROM ledger_entries") == 1,
            "not sealed"
        );
        await server.WriteAsync("UPDATE signatures SET person = @broken", new { broken = new byte[40] });
        using var staff = await server.StaffAsync();
        var id = await PacketOrders.OrderAsync(staff, slug, recipient: "embassy-oslo", disclosure: "initials");
        await PacketOrders.ApproveAsync(server, id);
        await PacketOrders.FailedAsync(staff, id);

        var board = JobBoardApi.Of(server);
        await CampaignServer.UntilAsync(() => board.FailedCount() == 3, "not three failed jobs");
        var words = board
            .FailedJobs(0, 10)
            .Select(job => job.Value.ExceptionMessage)
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.StartsWith("keys; the packet has failed", words[0], StringComparison.Ordinal);
        Assert.All(words[1..], word => Assert.StartsWith("keys; tried again as job ", word, StringComparison.Ordinal));
        // After a new request the packet is tried three more times.
        await CampaignServer.Expect(202, await staff.PostAsync($"/api/staff/packets/{id}/rebuild", null));
        await CampaignServer.UntilAsync(() => board.FailedCount() == 6, "not six failed jobs");
    }

    [Fact]
    public async Task Unclaimable_packets_do_not_fill_the_board()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync();
        using var staff = await server.StaffAsync();
        using (var database = DatabaseUnderTest.Open(server.Folder))
        {
            database.Execute(
                TestSql.CreateTrigger(
                    "no_claim",
                    "packets",
                    "NEW.status = 'building'",
                    "INSERT INTO missing_table VALUES (1)",
                    "UPDATE"
                )
            );
        }
        var ids = new List<string>();
        for (var n = 0; n < 5; n++)
            ids.Add(await PacketOrders.OrderAsync(staff, slug, variant: n));
        var board = JobBoardApi.Of(server);
        await CampaignServer.UntilAsync(() => board.FailedCount() >= 4, "no job has failed");
        // After four failures packets pause for eight seconds. Otherwise a sweep every half second would fail
        // for each packet.
        await Task.Delay(TimeSpan.FromSeconds(4));
        Assert.InRange(board.FailedCount(), 4, 12);
        using (var database = DatabaseUnderTest.Open(server.Folder))
            database.Execute(TestSql.DropTrigger("no_claim", "packets"));
        foreach (var id in ids)
            await PacketOrders.ReadyAsync(staff, id);
    }

    [Fact]
    public async Task Exception_texts_of_failed_jobs_are_neither_on_the_board_nor_in_the_log()
    {
        await using var server = await FailingMailServer.ServeAsync(null, "--Logging:LogLevel:Default=Trace");
        var slug = await server.OpenCampaignAsync();
        await server.SignAsync(slug, CampaignServer.Signature(FailingMailServer.Address));
        var board = JobBoardApi.Of(server);
        await CampaignServer.UntilAsync(() => board.FailedCount() >= 1, "no job has failed");

        using var console = await ConsoleClient.SignInAsync(server);
        var pages = await JobBoardPages.ReadAllAsync(console.Http);
        Assert.Contains(pages, page =>
            page.Key.Contains("/jobs/details/", StringComparison.Ordinal)
            && page.Value.Contains("InvalidOperationException", StringComparison.Ordinal)
        );
        Assert.All(pages, page => Assert.DoesNotContain(FailingMailServer.Word, page.Value, StringComparison.Ordinal));
        Assert.All(board.FailedJobs(0, 100), job =>
            Assert.DoesNotContain(
                FailingMailServer.Word,
                $"{job.Value.Reason} {job.Value.ExceptionMessage} {job.Value.ExceptionDetails}",
                StringComparison.Ordinal
            )
        );
        Assert.DoesNotContain(FailingMailServer.Word, await ReadLogAsync(server), StringComparison.Ordinal);
    }

    private static async Task<string> ReadLogAsync(CampaignServer server)
    {
        await using var log = new FileStream(
            Path.Combine(server.Folder, "test.log"),
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite
        );
        using var reader = new StreamReader(log);
        return await reader.ReadToEndAsync();
    }
}
