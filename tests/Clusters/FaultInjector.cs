using System.Globalization;
using Campaigns.Tests.Faults.Kills;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Xunit.Abstractions;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// Injects faults into a cluster: a random fault every second, and three planned ones. A worker
/// that has claimed letters is paused until its letters and its writer number have been taken over.
/// The builder of one packet is killed. The builder of another is paused until another worker has
/// built the packet.
/// </summary>
internal sealed class FaultInjector(Cluster cluster, string folder, ITestOutputHelper output)
{
    private const string SelectClaimed = """
        SELECT l.id, attempt::bigint AS attempt, lease_until FROM letters l JOIN campaigns c ON c.id = l.campaign_id
        WHERE c.slug = @Slug AND l.state = 'queued' AND lease_until > @now
        """;

    private const string EndLease =
        "UPDATE writers SET lease_until = lease_until - 120000 WHERE number = @number AND owner = @owner";

    private const string CountQueued = "SELECT count(*) FROM letters WHERE state = 'queued'";

    private readonly List<Task> _recoveries = [];
    private readonly int _seed = TestSeed.Next();

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <summary>
    /// Runs until the paused processes have worked again for a while. Returns the packets whose
    /// builds were interrupted.
    /// </summary>
    public async Task<IReadOnlyList<string>> RunAsync(ClusterPackets packets)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {_seed}"));
        var (worker, other) = (cluster.Workers[1], cluster.Workers[0]);
        var (number, owner) = await NumberOfAsync(worker);
        (worker.HasFault, other.HasFault) = (true, true);
        var claimed = await PauseWithLettersAsync(worker, other);
        var killed = await WithFaultsAsync(async () =>
        {
            try
            {
                var packet = await packets.KillBuilderAsync(KillTests.Slug);
                other.HasFault = false;
                var taken = await WaitForTakeoverAsync(claimed, other);
                await TakeOverNumberAsync(number, owner);
                output.WriteLine($"{taken} letters and writer number {number} of the paused worker were taken over");
                return packet;
            }
            finally
            {
                worker.Process.Continue();
            }
        });
        Assert.False(worker.Process.HasExited, "the paused worker has ended");
        // The worker continues under another writer number while the builder of the next packet is paused.
        other.HasFault = true;
        var paused = await WithFaultsAsync(async () =>
        {
            var packet = await packets.PauseBuilderAsync(KillTests.Slug);
            (worker.HasFault, other.HasFault) = (false, false);
            await Task.Delay(TimeSpan.FromSeconds(15));
            return packet;
        });
        return [killed, paused];
    }

    /// <summary>
    /// Runs <paramref name="act"/> while faults are injected, and waits until the processes have
    /// recovered.
    /// </summary>
    private async Task<T> WithFaultsAsync<T>(Func<Task<T>> act)
    {
        using var stop = new CancellationTokenSource();
        var faults = InjectFaultsAsync(stop.Token);
        try
        {
            return await act();
        }
        finally
        {
            await stop.CancelAsync();
            await faults;
        }
    }

    /// <summary>Injects a fault into a random process every second.</summary>
    private async Task InjectFaultsAsync(CancellationToken stop)
    {
        var random = new Random(_seed);
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(700 + random.Next(800)), CancellationToken.None);
            var apis = cluster.Apis.Where(api => !api.HasFault).ToList();
            // One API is left alone, so that the cluster can answer.
            var candidates = apis.Skip(1).Concat(cluster.Workers.Where(worker => !worker.HasFault)).ToList();
            if (candidates.Count > 0)
                _recoveries.Add(
                    InjectFaultAsync(candidates[random.Next(candidates.Count)], random.Next(4), random.Next(1, 9))
                );
        }
        await Task.WhenAll(_recoveries);
    }

    private static async Task InjectFaultAsync(Cluster.ClusterNode node, int what, int seconds)
    {
        node.HasFault = true;
        // Half of the faults are kills, because a restart is slow on a busy machine.
        if (what < 2)
            await node.KillAndRestartAsync(TimeSpan.FromMilliseconds(seconds * 100));
        else
            await node.PauseForAsync(TimeSpan.FromSeconds(what == 2 ? seconds : 2 * seconds));
        node.HasFault = false;
    }

    /// <summary>
    /// Waits for queued letters, lets only that worker continue, and pauses it as it marks its
    /// first letter as sent. Returns the letters that it has claimed.
    /// </summary>
    private async Task<List<ClaimedLetter>> PauseWithLettersAsync(Cluster.ClusterNode worker, Cluster.ClusterNode other)
    {
        worker.Process.Pause();
        other.Process.Pause();
        try
        {
            await CampaignServer.UntilAsync(() => Scalar(CountQueued) > 60, "no letters are queued", 120);
            var campaignId = Scalar("SELECT id FROM campaigns WHERE slug = @Slug");
            var marks = $"NEW.state = 'sent' AND NEW.campaign_id = {campaignId}";
            await using var hold = StatementHold.On(
                folder,
                "letters",
                "UPDATE",
                $"{marks} AND current_setting('application_name') = '{worker.Name}'"
            );
            worker.Process.Continue();
            await hold.ReachedAsync("the worker marks no letter");
            worker.Process.Pause();
            // These include the letter whose update is held.
            return Claimed();
        }
        finally
        {
            other.Process.Continue();
        }
    }

    /// <summary>
    /// Waits until the other worker has claimed or marked all of those letters. Returns how many
    /// were claimed again, none of them before its lease had ended. From the end of the leases on
    /// the other worker has no faults: on a busy machine it starts more slowly than it would be
    /// killed.
    /// </summary>
    private async Task<int> WaitForTakeoverAsync(List<ClaimedLetter> claimed, Cluster.ClusterNode other)
    {
        var again = new HashSet<long>();
        var leased = claimed.Max(letter => letter.LeaseUntil);
        await CampaignServer.UntilAsync(
            () =>
            {
                var now = Now;
                if (now >= leased)
                    other.HasFault = true;
                var rows = Rows();
                foreach (var (id, attempt, leaseUntil) in claimed)
                {
                    if (rows.GetValueOrDefault(id).Attempt <= attempt || !again.Add(id))
                        continue;
                    Assert.True(now >= leaseUntil, $"letter {id} was taken over before its lease had ended");
                }
                return !claimed.Exists(letter => rows.GetValueOrDefault(letter.Id) == ("queued", letter.Attempt));
            },
            "no worker takes over the letters",
            150
        );
        Assert.NotEmpty(again);
        return again.Count;
    }

    /// <summary>
    /// The writer number of a worker: the row that appears when the worker restarts.
    /// </summary>
    private async Task<(long Number, string Owner)> NumberOfAsync(Cluster.ClusterNode worker)
    {
        var before = Writers();
        await worker.RestartAsync();
        return Writers().Single(row => !before.Contains(row));
    }

    /// <summary>
    /// Ends the number's lease at once, clock skew allowance included, and restarts APIs until one
    /// of them has taken the number.
    /// </summary>
    private async Task TakeOverNumberAsync(long number, string owner)
    {
        // The lease was renewed before the letters were claimed. It may have ended before theirs, and another
        // process may own the number already.
        using (var database = DatabaseUnderTest.Open(folder))
            database.Execute(EndLease, new { number, owner });
        for (var begun = 0; Writers().Contains((number, owner));)
        {
            Assert.True(begun < 20, $"no process takes over the number (seed {_seed})");
            if (cluster.Apis.Skip(1).FirstOrDefault(api => !api.HasFault) is not { } api)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
                continue;
            }
            await InjectFaultAsync(api, what: 0, seconds: 1);
            begun++;
        }
    }

    private HashSet<(long Number, string Owner)> Writers()
    {
        using var database = DatabaseUnderTest.Open(folder);
        return [.. database.Query<(long, string)>("SELECT number, owner FROM writers")];
    }

    private List<ClaimedLetter> Claimed()
    {
        using var database = DatabaseUnderTest.Open(folder);
        return [.. database.Query<ClaimedLetter>(SelectClaimed, new { KillTests.Slug, now = Now })];
    }

    private Dictionary<long, (string State, long Attempt)> Rows()
    {
        using var database = DatabaseUnderTest.Open(folder);
        return database
            .Query<(long Id, string State, long Attempt)>("SELECT id, state, attempt FROM letters")
            .ToDictionary(row => row.Id, row => (row.State, row.Attempt));
    }

    private long Scalar(string sql)
    {
        using var database = DatabaseUnderTest.Open(folder);
        return database.QuerySingle<long>(sql, new { KillTests.Slug });
    }

    private sealed record ClaimedLetter(long Id, long Attempt, long LeaseUntil);
}
