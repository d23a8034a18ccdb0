using System.Globalization;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Xunit.Abstractions;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// What befalls a cluster: something at random every second, and three things by design. A worker
/// with letters in its hands stands still until its letters and its number are others', the builder
/// of a packet is killed, and the builder of another stands still until that packet is built
/// without it.
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
    /// Runs until those that stood still have gone on for a while; returns the packets whose builds
    /// were interrupted.
    /// </summary>
    public async Task<IReadOnlyList<string>> RunAsync(ClusterPackets packets)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {_seed}"));
        var (worker, other) = (cluster.Workers[1], cluster.Workers[0]);
        var (number, owner) = await NumberOfAsync(worker);
        (worker.IsInTrouble, other.IsInTrouble) = (true, true);
        var claimed = await PauseWithLettersAsync(worker, other);
        var killed = await BefalledAsync(async () =>
        {
            try
            {
                var packet = await packets.KillBuilderAsync(KillTests.Slug);
                other.IsInTrouble = false;
                var taken = await TakenOverAsync(claimed);
                await TakeNumberAsync(number, owner);
                output.WriteLine($"{taken} letters and writer number {number} of the paused worker were taken over");
                return packet;
            }
            finally
            {
                worker.Process.Continue();
            }
        });
        Assert.False(worker.Process.HasExited, "the worker that stood still ended");
        // It goes on, and under another number, while the builder of the next packet stands still.
        other.IsInTrouble = true;
        var paused = await BefalledAsync(async () =>
        {
            var packet = await packets.PauseBuilderAsync(KillTests.Slug);
            (worker.IsInTrouble, other.IsInTrouble) = (false, false);
            await Task.Delay(TimeSpan.FromSeconds(15));
            return packet;
        });
        return [killed, paused];
    }

    /// <summary>
    /// Does that while something befalls the others, and waits until they have recovered.
    /// </summary>
    private async Task<T> BefalledAsync<T>(Func<Task<T>> act)
    {
        using var stop = new CancellationTokenSource();
        var befalling = BefallAsync(stop.Token);
        try
        {
            return await act();
        }
        finally
        {
            await stop.CancelAsync();
            await befalling;
        }
    }

    /// <summary>Every second something befalls one of them.</summary>
    private async Task BefallAsync(CancellationToken stop)
    {
        var random = new Random(_seed);
        while (!stop.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(700 + random.Next(800)), CancellationToken.None);
            var apis = cluster.Apis.Where(api => !api.IsInTrouble).ToList();
            // One of those who can answer is left alone.
            var candidates = apis.Skip(1).Concat(cluster.Workers.Where(worker => !worker.IsInTrouble)).ToList();
            if (candidates.Count > 0)
                _recoveries.Add(
                    BefallAsync(candidates[random.Next(candidates.Count)], random.Next(4), random.Next(1, 9))
                );
        }
        await Task.WhenAll(_recoveries);
    }

    private static async Task BefallAsync(Cluster.ClusterNode member, int what, int seconds)
    {
        member.IsInTrouble = true;
        // Begun again on a machine where all others work takes its time: two in four are killed.
        if (what < 2)
            await member.KillAndBeginAsync(TimeSpan.FromMilliseconds(seconds * 100));
        else
            await member.HoldStillAsync(TimeSpan.FromSeconds(what == 2 ? seconds : 2 * seconds));
        member.IsInTrouble = false;
    }

    /// <summary>
    /// Lets letters wait, then lets that worker alone go on, holds it as it marks the first letter
    /// as sent, and pauses it there. Returns what was claimed then.
    /// </summary>
    private async Task<List<ClaimedLetter>> PauseWithLettersAsync(Cluster.ClusterNode worker, Cluster.ClusterNode other)
    {
        worker.Process.Pause();
        other.Process.Pause();
        try
        {
            await CampaignServer.UntilAsync(() => Scalar(CountQueued) > 60, "no letters wait", 120);
            var campaignId = Scalar("SELECT id FROM campaigns WHERE slug = @Slug");
            var marks = $"NEW.state = 'sent' AND NEW.campaign_id = {campaignId}";
            await using var hold = StatementHold.On(
                folder,
                "letters",
                "UPDATE",
                $"{marks} AND current_setting('application_name') = '{worker.Name}'"
            );
            worker.Process.Continue();
            await hold.ReachedAsync("the worker sends nothing");
            worker.Process.Pause();
            // The letter whose mark is held is among them.
            return Claimed();
        }
        finally
        {
            other.Process.Continue();
        }
    }

    /// <summary>
    /// Waits until another worker has claimed or marked all of those letters. Returns how many were
    /// claimed again, none of them before its lease had ended.
    /// </summary>
    private async Task<int> TakenOverAsync(List<ClaimedLetter> claimed)
    {
        var again = new HashSet<long>();
        await CampaignServer.UntilAsync(
            () =>
            {
                var now = Now;
                var rows = Rows();
                foreach (var (id, attempt, leaseUntil) in claimed)
                {
                    if (rows.GetValueOrDefault(id).Attempt <= attempt || !again.Add(id))
                        continue;
                    Assert.True(now >= leaseUntil, $"letter {id} was taken over before its lease had ended");
                }
                return !claimed.Exists(letter => rows.GetValueOrDefault(letter.Id) == ("queued", letter.Attempt));
            },
            "no worker takes the letters over",
            150
        );
        Assert.NotEmpty(again);
        return again.Count;
    }

    /// <summary>
    /// The number a worker writes under, told by what changes when it begins anew.
    /// </summary>
    private async Task<(long Number, string Owner)> NumberOfAsync(Cluster.ClusterNode worker)
    {
        var before = Writers();
        await worker.RestartAsync();
        return Writers().Single(row => !before.Contains(row));
    }

    /// <summary>
    /// Lets the margin of the number's lease pass at once, and others begin until one of them has
    /// taken it.
    /// </summary>
    private async Task TakeNumberAsync(long number, string owner)
    {
        // Renewed before the letters were claimed, it may have ended before theirs, and belong to another process
        // already.
        using (var database = DatabaseUnderTest.Open(folder))
            database.Execute(EndLease, new { number, owner });
        for (var begun = 0; Writers().Contains((number, owner));)
        {
            Assert.True(begun < 20, $"no process takes the number over (seed {_seed})");
            if (cluster.Apis.Skip(1).FirstOrDefault(api => !api.IsInTrouble) is not { } api)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
                continue;
            }
            await BefallAsync(api, what: 0, seconds: 1);
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
