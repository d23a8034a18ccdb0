using System.Globalization;
using System.Net.Http.Json;
using Campaigns.Db;
using Campaigns.Packets;
using Campaigns.Tests.Faults.Kills;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Jobs;
using Dapper;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// A worker that builds a packet is stopped for two minutes; each process has its board in its own
/// memory.
/// </summary>
[Trait("Database", "postgres")]
[Trait("Speed", "slow")]
public sealed class StoppedWorkerTests : StoppedWorker
{
    [Fact]
    public Task Worker_stopped_for_two_minutes_finds_its_work_done_and_goes_on() => StopAsync("memory");
}

/// <summary>The same test with one board in PostgreSQL.</summary>
[Trait("Database", "postgres")]
[Trait("Speed", "slow")]
public sealed class StoppedWorkerOnSharedBoardTests : StoppedWorker
{
    [Fact]
    public Task Worker_stopped_for_two_minutes_finds_its_work_done_and_goes_on() => StopAsync("postgres");
}

/// <summary>
/// One of two workers is stopped (SIGSTOP) as it marks a packet ready, for longer than its leases
/// and the board's timeout. The other worker does the work. The stopped worker then changes nothing
/// and continues.
/// </summary>
public abstract class StoppedWorker : IDisposable
{
    private const int People = 25;
    private static readonly TimeSpan _stopped = TimeSpan.FromMinutes(2);

    protected string Folder { get; } = Directory.CreateTempSubdirectory("campaign-stopped-").FullName;

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected async Task StopAsync(string storage)
    {
        await using var cluster = await Cluster.StartAsync(Folder, apis: 1, workers: 2, $"--Jobs:Storage={storage}");
        var api = cluster.Apis[0].Http;
        var token = await KillTests.StaffAsync(Folder);
        await KillTests.OpenAsync(api, token);

        string packet;
        Cluster.ClusterNode stopped;
        var marksReady = $"NEW.status = '{PacketStatus.Ready}' AND NEW.attempt = 1";
        await using (var hold = StatementHold.On(Folder, "packets", "UPDATE", marksReady))
        {
            packet = await PacketOrders.OrderAsync(api, KillTests.Slug, token);
            var name = await hold.ReachedAsync("no worker builds the packet");
            stopped = cluster.Workers.Single(worker => worker.Name == name);
            stopped.Process.Pause();
        }
        // PostgreSQL ends the stopped worker's transaction by timeout, which releases its locks.
        var until = Task.Delay(_stopped);
        await SignAsync(api, "first");
        await CampaignServer.UntilAsync(
            () => Find(packet) == (PacketStatus.Ready, 2),
            "the packet is not built by the other worker",
            180
        );
        await until;
        stopped.Process.Continue();

        await SignAsync(api, "second");
        var orders = Enumerable
            .Range(1, 3)
            .Select(n => PacketOrders.OrderAsync(api, KillTests.Slug, token, variant: n));
        foreach (var id in await Task.WhenAll(orders))
        {
            await CampaignServer.UntilAsync(
                () => Find(id) == (PacketStatus.Ready, 1),
                "a packet is not built afterwards",
                120
            );
        }
        await CampaignServer.UntilAsync(() => CountQueued() == 0, "letters wait", 180);
        Assert.False(stopped.Process.HasExited, stopped.Process.Errors);
        Assert.Equal((PacketStatus.Ready, 2), Find(packet));
        Assert.Equal(2 * People, Directory.GetFiles(Path.Combine(Folder, "mail"), "*.eml").Length);
        Assert.Equal(0, cluster.Workers.Count(worker => worker.Process.HasExited));
        // The jobs of a stopped worker do not stay in progress on a shared board.
        if (storage == JobsOptions.Postgres)
            await CampaignServer.UntilAsync(IsBoardIdle, () => DescribeBoard(cluster), 150);
    }

    private bool IsBoardIdle()
    {
        using var database = DatabaseUnderTest.Open(Folder);
        return database.QuerySingle<long>(
                $"SELECT count(*) FROM {JobDatabase.Schema}.job WHERE statename IN ('Enqueued', 'Processing')"
            ) == 0;
    }

    // A job has been seen to stay in progress without explanation, so the message has the details.
    private string DescribeBoard(Cluster cluster)
    {
        using var database = DatabaseUnderTest.Open(Folder);
        var rows = database.Query<string>(
            $"""
            SELECT 'job ' || to_jsonb(j) FROM {JobDatabase.Schema}.job j WHERE statename IN ('Enqueued', 'Processing')
            UNION ALL SELECT 'queue ' || to_jsonb(q) FROM {JobDatabase.Schema}.jobqueue q
            UNION ALL SELECT 'lock ' || to_jsonb(l) FROM {JobDatabase.Schema}.lock l
            UNION ALL SELECT 'server ' || to_jsonb(s) FROM {JobDatabase.Schema}.server s
            UNION ALL SELECT 'connection ' || pg_blocking_pids(pid)::text || to_jsonb(a)
                FROM pg_stat_activity a WHERE datname = current_database()
            """
        );
        return $"jobs stay in progress at {DateTime.UtcNow:O}\n{string.Join('\n', rows)}\n{cluster.Warnings}";
    }

    private static Task SignAsync(HttpClient http, string round) =>
        Task.WhenAll(
            Enumerable
                .Range(0, People)
                .Select(async n =>
                {
                    var signature = CampaignServer.Signature($"{round}{n}@example.org");
                    await CampaignServer.Expect(202, await http.PostAsJsonAsync(KillTests.Signing, signature));
                })
        );

    private (string Status, int Attempt) Find(string id)
    {
        using var database = DatabaseUnderTest.Open(Folder);
        return database.QuerySingle<(string, int)>(
            "SELECT status, attempt FROM packets WHERE id = @id",
            new { id = long.Parse(id, CultureInfo.InvariantCulture) }
        );
    }

    private long CountQueued()
    {
        using var database = DatabaseUnderTest.Open(Folder);
        return database.QuerySingle<long>("SELECT count(*) FROM letters WHERE state = 'queued'");
    }
}
