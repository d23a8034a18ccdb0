using System.Data.Common;
using Campaigns.Db;
using Campaigns.Tests.Http.Jobs;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Npgsql;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// One board in PostgreSQL for an API and its workers (<c>Jobs:Storage=postgres</c>).
/// </summary>
[Trait("Database", "postgres")]
public sealed class SharedBoardTests : IDisposable
{
    private const string Shared = "--Jobs:Storage=postgres";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-board-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task API_without_worker_enqueues_jobs_and_shows_the_board()
    {
        await using var server = await StartAsync();
        await using var worker = await CampaignProcess.WorkAsync(_folder, Shared);
        var slug = await server.OpenCampaignAsync();
        await server.SignAndConfirmAsync(slug, CampaignServer.Signature("kari@example.org"));
        using var staff = await server.StaffAsync();
        var id = await PacketOrders.OrderAsync(staff, slug);
        await PacketOrders.ReadyAsync(staff, id);
        using var console = await ConsoleClient.SignInAsync(server);
        await CampaignServer.UntilAsync(
            async () =>
                (await console.Http.GetStringAsync($"{JobBoardPages.Address}/jobs/succeeded")).Contains(
                    $"build packet {id}",
                    StringComparison.Ordinal
                ),
            "the packet's job is not on the board"
        );
        var pages = await JobBoardPages.ReadAllAsync(console.Http);
        Assert.All(pages, page => Assert.DoesNotContain("Nordmann", page.Value, StringComparison.Ordinal));
        Assert.DoesNotContain("kari@example.org", string.Concat(pages.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Board_uses_its_own_connection_string()
    {
        var name = "board_" + Guid.NewGuid().ToString("N");
        var elsewhere = PostgresServer.Shared.CreateDatabase(name);
        try
        {
            await using (var server = await StartAsync($"--Jobs:ConnectionString={elsewhere};Pooling=false"))
            {
                await using var worker = await CampaignProcess.WorkAsync(
                    _folder,
                    Shared,
                    $"--Jobs:ConnectionString={elsewhere}"
                );
                var slug = await server.OpenCampaignAsync();
                await server.SignAndConfirmAsync(slug, CampaignServer.Signature("kari@example.org"));
            }
            using var board = new NpgsqlConnection(elsewhere + ";Pooling=false");
            Assert.True(board.QuerySingle<long>($"SELECT count(*) FROM {JobDatabase.Schema}.job") > 0);
            using var product = DatabaseUnderTest.Open(_folder);
            Assert.Null(
                product.QuerySingle<string?>("SELECT to_regnamespace(@Schema)::text", new { JobDatabase.Schema })
            );
        }
        finally
        {
            PostgresServer.Shared.DropDatabase(name);
        }
    }

    [Fact]
    public async Task Letter_job_ends_once_no_letter_is_due()
    {
        await using var server = await StartAsync();
        await using var first = await CampaignProcess.WorkAsync(_folder, Shared);
        await using var second = await CampaignProcess.WorkAsync(_folder, Shared);
        var slug = await server.OpenCampaignAsync();
        using var connection = DatabaseUnderTest.Open(_folder);
        for (var round = 0; round < 5; round++)
        {
            var people = Enumerable
                .Range(0, 25)
                .Select(n => CampaignServer.Signature($"person{round}x{n}@example.org"));
            await Task.WhenAll(people.Select(person => server.SignAsync(slug, person)));
            await server.WaitForMailAsync();
        }
        await CampaignServer.UntilAsync(
            () =>
                connection.QuerySingle<long>(
                    $"SELECT count(*) FROM {JobDatabase.Schema}.job WHERE statename IN ('Enqueued', 'Processing')"
                ) == 0,
            "a job stays in progress",
            30
        );
    }

    [Fact]
    public async Task Two_workers_on_one_board_process_nothing_twice()
    {
        await using var server = await StartAsync();
        await using var first = await CampaignProcess.WorkAsync(_folder, Shared);
        await using var second = await CampaignProcess.WorkAsync(_folder, Shared);
        var slug = await server.OpenCampaignAsync();
        using var staff = await server.StaffAsync();
        await Task.WhenAll(
            Enumerable
                .Range(0, 60)
                .Select(n => server.SignAsync(slug, CampaignServer.Signature($"person{n}@example.org")))
        );
        var packets = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(n => PacketOrders.OrderAsync(staff, slug, variant: n))
        );
        await Task.WhenAll(packets.Select(id => PacketOrders.ReadyAsync(staff, id)));
        await server.WaitForMailAsync();
        Assert.Equal(60, Directory.GetFiles(Path.Combine(_folder, "mail"), "*.eml").Length);
        Assert.Equal(60, server.Query<long>("SELECT count(*) FROM letters WHERE attempt = 1 AND state = 'sent'"));
        Assert.Equal(6, server.Query<long>("SELECT count(*) FROM packets WHERE attempt = 1 AND status = 'ready'"));
    }

    [Fact]
    [Trait("Speed", "slow")]
    public async Task Dropped_board_is_recreated_and_no_row_is_lost_or_processed_twice()
    {
        await using var server = await StartAsync();
        await using var worker = await CampaignProcess.WorkAsync(_folder, Shared);
        var slug = await server.OpenCampaignAsync();
        using var staff = await server.StaffAsync();
        string[] losses =
        [
            $"DROP SCHEMA {JobDatabase.Schema} CASCADE",
            $"DROP TABLE {JobDatabase.Schema}.job CASCADE",
            $"DROP TABLE {JobDatabase.Schema}.hash",
        ];
        for (var round = 1; round <= losses.Length; round++)
        {
            Lose(losses[round - 1]);
            for (var n = 0; n < 10; n++)
                await server.SignAsync(slug, CampaignServer.Signature($"person{round}x{n}@example.org"));
            var id = await PacketOrders.OrderAsync(staff, slug, variant: round);
            await PacketOrders.ReadyAsync(staff, id);
            await server.WaitForMailAsync();
            Assert.Equal(10 * round, Directory.GetFiles(Path.Combine(_folder, "mail"), "*.eml").Length);
        }
        // A run that loses its board ends, and gives back the letters that it has not tried to send.
        Assert.Equal(30, server.Query<long>("SELECT count(*) FROM letters WHERE tries = 1 AND state = 'sent'"));
        Assert.Equal(3, server.Query<long>("SELECT count(*) FROM packets WHERE status = 'ready'"));
        // A signature is confirmed, and the ledger is sealed.
        var letter = server.Mail.All()[0];
        await server.ConfirmAsync(letter.Token("/confirm/"));
        await CampaignServer.UntilAsync(
            () => server.Query<long>("SELECT count(*) FROM ledger_entries") == 1,
            "nothing is sealed"
        );
        // The schedule is on the new board too, and both processes are healthy again.
        using var console = await ConsoleClient.SignInAsync(server);
        await CampaignServer.UntilAsync(
            async () =>
                (await console.Http.GetStringAsync($"{JobBoardPages.Address}/recurring")).Contains(
                    "expire-pending",
                    StringComparison.Ordinal
                ),
            "the schedule is not on the board"
        );
        await CampaignServer.UntilAsync(
            async () => (int)(await server.Http.GetAsync("/healthz/ready")).StatusCode == 200,
            "not ready"
        );
    }

    [Fact]
    public async Task Board_has_its_own_schema_without_personal_data()
    {
        await using var server = await StartAsync("--Worker:InProcess=true");
        var slug = await server.OpenCampaignAsync();
        await server.SignAndConfirmAsync(
            slug,
            CampaignServer.Signature(FailingMailServer.Address, $"{FailingMailServer.Word} Qvogelsang")
        );
        using var staff = await server.StaffAsync();
        await PacketOrders.ReadyAsync(staff, await PacketOrders.OrderAsync(staff, slug));
        using var connection = DatabaseUnderTest.Open(_folder);
        using var console = await ConsoleClient.SignInAsync(server);
        var pages = await JobBoardPages.ReadAllAsync(console.Http);
        Assert.Contains("build packet", pages[$"{JobBoardPages.Address}/jobs/succeeded"], StringComparison.Ordinal);
        AssertNothingPersonal(connection);
        Assert.Empty(
            connection.Query<string>("SELECT table_name FROM information_schema.tables WHERE table_schema = 'hangfire'")
        );
    }

    [Fact]
    public async Task Failing_jobs_leave_no_personal_data_in_the_board_tables()
    {
        await using var server = await FailingMailServer.ServeAsync(_folder, Shared);
        var slug = await server.OpenCampaignAsync();
        await server.SignAsync(slug, CampaignServer.Signature(FailingMailServer.Address));
        using var connection = DatabaseUnderTest.Open(_folder);
        await CampaignServer.UntilAsync(
            () =>
                connection.QuerySingle<long>(
                    $"SELECT count(*) FROM {JobDatabase.Schema}.job WHERE statename = 'Failed'"
                ) > 0,
            "no job has failed"
        );
        AssertNothingPersonal(connection);
    }

    // The processes lock the board too, and PostgreSQL may end this statement as the victim of a deadlock.
    private void Lose(string statement)
    {
        using var connection = DatabaseUnderTest.Open(_folder);
        for (var done = false; !done;)
            try
            {
                connection.Execute(statement);
                done = true;
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.DeadlockDetected) { }
    }

    private static void AssertNothingPersonal(DbConnection connection)
    {
        var tables = connection
            .Query<string>(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = @Schema",
                new { JobDatabase.Schema }
            )
            .AsList();
        Assert.Contains("job", tables);
        foreach (var table in tables)
        {
            var rows = string.Join(
                '\n',
                connection.Query<string>($"SELECT t::text FROM {JobDatabase.Schema}.{table} t")
            );
            Assert.DoesNotContain(FailingMailServer.Word, rows, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Qvogelsang", rows, StringComparison.OrdinalIgnoreCase);
        }
    }

    private Task<CampaignServer> StartAsync(params string[] settings) =>
        CampaignServer.StartAsync(
            _folder,
            ["--environment", "Development", "--Worker:InProcess=false", "--Limits:Enabled=false", Shared, .. settings]
        );

    [Fact]
    public async Task Board_shows_the_progress_of_a_build()
    {
        await using var server = await StartAsync();
        var slug = await server.OpenCampaignAsync();
        using var staff = await server.StaffAsync();
        await using (var first = await CampaignProcess.WorkAsync(_folder, Shared))
        {
            await server.SignAndConfirmAsync(slug, CampaignServer.Signature("kari@example.org"));
            await CampaignServer.UntilAsync(
                () => server.Query<long>("SELECT count(*) FROM ledger_entries") == 1,
                "nothing is sealed"
            );
            Assert.Equal(0, await first.StopAsync());
        }
        var id = await PacketOrders.OrderAsync(staff, slug);
        using var connection = DatabaseUnderTest.Open(_folder);
        await using var worker = await BuildBehindLockAsync(connection, server);
        await PacketOrders.ReadyAsync(staff, id);
    }

    // Starts a worker whose build waits for a table, while it renews its lease and reports its progress. Nothing
    // else that a worker does reads this table, as long as no letter is due.
    private async Task<CampaignProcess> BuildBehindLockAsync(DbConnection connection, CampaignServer server)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("LOCK TABLE petition_texts IN ACCESS EXCLUSIVE MODE");
        var worker = await CampaignProcess.WorkAsync(_folder, Shared);
        using var console = await ConsoleClient.SignInAsync(server);
        try
        {
            await CampaignServer.UntilAsync(
                async () =>
                    (await JobBoardPages.ReadAllAsync(console.Http)).Values.Any(page =>
                        page.Contains("Progress", StringComparison.Ordinal)
                    ),
                () => $"the board shows no progress: {worker.Output} {worker.Errors}",
                120
            );
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }
}
