using System.Globalization;
using Campaigns.Tests.Running;
using Dapper;
using Xunit.Abstractions;

namespace Campaigns.Tests.Clusters;

/// <summary>What befalls a cluster: at random, and once by design: a worker with letters in its hands stands still until its letters and its number are others'.</summary>
internal sealed class Trouble(Cluster cluster, string folder, ITestOutputHelper output)
{
    private const string SelectHeld = "SELECT id, attempt FROM letters WHERE state = 'queued' AND lease_until > @now";

    private readonly List<Task> _recoveries = [];
    private readonly int _seed = Random.Shared.Next();

    /// <summary>Runs until the worker that stood still has gone on for a while; returns the packet whose builder was killed.</summary>
    public async Task<string> RunAsync(ClusterPackets packets)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {_seed}"));
        using var stop = new CancellationTokenSource();
        var (worker, other) = (cluster.Workers[1], cluster.Workers[0]);
        var (number, owner) = await NumberOfAsync(worker);
        (worker.IsInTrouble, other.IsInTrouble) = (true, true);
        var held = await CatchAsync(worker, other);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"caught with {held.Count} letters"));
        var stoodSince = DateTime.UtcNow;
        var befalling = BefallAsync(stop.Token);
        string packet;
        try
        {
            packet = await packets.OrderAsync(KillTests.Slug);
            await packets.KillBuilderAsync(packet);
            other.IsInTrouble = false;
            // Longer than the lease of its letters: they are sent by the other.
            await CampaignServer.UntilAsync(() => Task.FromResult(Held().All(letter => !held.Contains(letter))), "nobody takes the letters over", 150);
            Assert.True(DateTime.UtcNow - stoodSince > TimeSpan.FromSeconds(50), "letters were taken over before their lease had ended");
            await TakeNumberAsync(number, owner);
        }
        finally
        {
            await stop.CancelAsync();
            await befalling;
            worker.Process.Continue();
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{held.Count} letters and writer number {number} were taken over from a worker that stood still for {(DateTime.UtcNow - stoodSince).TotalSeconds:0} s"));
        // It goes on, and under another number.
        using var again = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        worker.IsInTrouble = false;
        var dead = worker.Process.HasExited;
        await BefallAsync(again.Token);
        Assert.False(dead, "the worker that stood still ended");
        return packet;
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
            if (candidates.Count > 0) _recoveries.Add(BefallAsync(candidates[random.Next(candidates.Count)], random.Next(4), random.Next(1, 9)));
        }
        await Task.WhenAll(_recoveries);
    }

    private static async Task BefallAsync(Cluster.Member member, int what, int seconds)
    {
        member.IsInTrouble = true;
        // Begun again on a machine where all others work takes its time: two in four are killed.
        if (what < 2) await member.KillAndBeginAsync(TimeSpan.FromMilliseconds(seconds * 100));
        else await member.HoldStillAsync(TimeSpan.FromSeconds(what == 2 ? seconds : 2 * seconds));
        member.IsInTrouble = false;
    }

    /// <summary>Lets letters wait, then lets that worker alone begin, and stops it as soon as it has claimed some.</summary>
    private async Task<HashSet<(long Id, long Attempt)>> CatchAsync(Cluster.Member worker, Cluster.Member other)
    {
        other.Process.Pause();
        try
        {
            for (var tries = 0; tries < 20; tries++)
            {
                worker.Process.Pause();
                await CampaignServer.UntilAsync(() => Task.FromResult(Count("letters WHERE state = 'queued'") > 60), "no letters wait", 120);
                var before = Held();
                worker.Process.Continue();
                var deadline = DateTime.UtcNow.AddSeconds(60);
                while (!Held().Except(before).Any()) Assert.True(DateTime.UtcNow < deadline, "the worker claims nothing");
                worker.Process.Pause();
                // What it had sent off by then arrives.
                await Task.Delay(TimeSpan.FromSeconds(1));
                var held = Held();
                held.ExceptWith(before);
                if (held.Count > 0) return held;
                worker.Process.Continue();
            }
        }
        finally
        {
            other.Process.Continue();
        }
        throw new Xunit.Sdk.XunitException("The worker was never caught with letters in its hands.");
    }

    /// <summary>The number a worker writes under, told by what changes when it begins anew.</summary>
    private async Task<(long Number, string Owner)> NumberOfAsync(Cluster.Member worker)
    {
        var before = Writers();
        await worker.RestartAsync();
        return Writers().Single(row => !before.Contains(row));
    }

    /// <summary>Lets the margin of the number's lease pass at once, and others begin until one of them has taken it.</summary>
    private async Task TakeNumberAsync(long number, string owner)
    {
        using (var database = DatabaseUnderTest.Open(folder))
            Assert.Equal(1, database.Execute("UPDATE writers SET lease_until = lease_until - 120000 WHERE number = @number AND owner = @owner", new { number, owner }));
        for (var tries = 0; Writers().Contains((number, owner)); tries++)
        {
            Assert.True(tries < 20, "nobody takes the number over");
            await Task.Delay(TimeSpan.FromSeconds(1));
            if (cluster.Apis.Skip(1).FirstOrDefault(api => !api.IsInTrouble) is { } api) await BefallAsync(api, what: 0, seconds: 1);
        }
    }

    private HashSet<(long Number, string Owner)> Writers()
    {
        using var database = DatabaseUnderTest.Open(folder);
        return [.. database.Query<(long, string)>("SELECT number, owner FROM writers")];
    }

    private HashSet<(long Id, long Attempt)> Held()
    {
        using var database = DatabaseUnderTest.Open(folder);
        return [.. database.Query<(long, long)>(SelectHeld, new { now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() })];
    }

    private long Count(string rows)
    {
        using var database = DatabaseUnderTest.Open(folder);
        return database.QuerySingle<long>($"SELECT count(*) FROM {rows}");
    }
}
