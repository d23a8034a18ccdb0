using System.Collections.Concurrent;
using Campaigns.Db;
using Campaigns.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests;

public sealed class ScheduleTests
{
    private static readonly TimeSpan _often = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_job_that_fails_or_cannot_be_made_is_logged_without_its_words_and_ticks_on()
    {
        var seen = new Seen();
        var log = new RecordedLog();
        using (var host = await StartAsync(seen, log, clock =>
        {
            clock.Every<Failing>(_often);
            clock.Every<Unmakeable>(_often);
        }))
        {
            await UntilAsync(() => seen.Runs.Count(name => name == nameof(Failing)) >= 8 && log.Lines.Count(line => line.Text.StartsWith(nameof(Unmakeable), StringComparison.Ordinal)) >= 8);
            await host.StopAsync();
        }
        Assert.Contains(log.Lines, line => line.Event == WorkerLog.JobFailedEvent && line.Text.StartsWith("Failing failed with AggregateException < InvalidOperationException", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Text.Contains("kari@example.org", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_job_never_runs_beside_itself_and_a_long_run_is_followed_by_no_burst()
    {
        var seen = new Seen();
        using var host = await StartAsync(seen, new RecordedLog(), clock => clock.Every<Slow>(TimeSpan.FromMilliseconds(100)));
        await UntilAsync(() => seen.Runs.Count >= 3);
        await host.StopAsync();
        Assert.Equal(1, seen.MostAtOnce);
        var starts = seen.Starts.ToArray();
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.True(TimeProvider.System.GetElapsedTime(pair.First, pair.Second) >= TimeSpan.FromMilliseconds(480)));
    }

    [Fact]
    public async Task A_shutdown_asks_running_jobs_to_stop_and_waits_for_them()
    {
        var seen = new Seen();
        using var host = await StartAsync(seen, new RecordedLog(), clock => clock.Every<Endless>(_often));
        await UntilAsync(() => seen.Runs.Contains("begun"));
        await host.StopAsync();
        Assert.Contains("tidied up", seen.Runs);
    }

    [Fact]
    public async Task A_job_that_does_not_listen_cannot_keep_the_host_from_ending()
    {
        var seen = new Seen();
        using var host = await StartAsync(seen, new RecordedLog(), clock => clock.Every<Deaf>(_often));
        await UntilAsync(() => seen.Runs.Contains("begun"));
        var started = TimeProvider.System.GetTimestamp();
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        try
        {
            await host.StopAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The host says that not everybody was done in time.
        }
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Theory]
    [InlineData("Quartz", "worker/Schedule.cs")]
    [InlineData("Mail.Delivery", "worker/Mail/Delivery/", "worker/Letters/LetterServices.cs")]
    [InlineData("MailKit", "worker/Mail/Delivery/")]
    [InlineData("MimeKit", "worker/Mail/Delivery/")]
    public void What_may_be_swapped_is_known_in_one_place(string word, params string[] places)
    {
        var root = InstallationRoot.Find().Path;
        var knowing = new[] { "domain", "db", "api", "worker" }
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(root, project), "*.cs", SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .Where(file => File.ReadAllText(Path.Combine(root, file)).Contains(word, StringComparison.Ordinal));
        Assert.All(knowing, file => Assert.Contains(places, place => file.StartsWith(place, StringComparison.Ordinal)));
    }

    private static async Task<IHost> StartAsync(Seen seen, RecordedLog log, Action<Schedule.Clock> timetable)
    {
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logs => logs.ClearProviders().AddProvider(log))
            .ConfigureServices(services => services.AddSingleton(seen).AddClock(timetable))
            .Build();
        await host.StartAsync();
        return host;
    }

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        for (var waited = 0; !isTrue(); waited++)
        {
            Assert.True(waited < 600, "Waited 30 s in vain.");
            await Task.Delay(50);
        }
    }

    private sealed class Seen
    {
        private int _running;

        public ConcurrentQueue<string> Runs { get; } = new();
        public ConcurrentQueue<long> Starts { get; } = new();
        public int MostAtOnce { get; private set; }

        public void Begin()
        {
            Starts.Enqueue(TimeProvider.System.GetTimestamp());
            MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
        }

        public void End(string name)
        {
            Interlocked.Decrement(ref _running);
            Runs.Enqueue(name);
        }
    }

    private sealed class Failing(Seen seen) : ITimedJob
    {
        public Task RunAsync(CancellationToken cancellationToken)
        {
            seen.Runs.Enqueue(nameof(Failing));
            throw new AggregateException(new InvalidOperationException("kari@example.org"));
        }
    }

    private sealed class Unmakeable : ITimedJob
    {
        public Unmakeable() => throw new InvalidOperationException("kari@example.org");

        public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Slow(Seen seen) : ITimedJob
    {
        public async Task RunAsync(CancellationToken cancellationToken)
        {
            seen.Begin();
            await Task.Delay(400, CancellationToken.None);
            seen.End(nameof(Slow));
        }
    }

    private sealed class Deaf(Seen seen) : ITimedJob
    {
        public async Task RunAsync(CancellationToken cancellationToken)
        {
            seen.Runs.Enqueue("begun");
            await Task.Delay(TimeSpan.FromSeconds(15), CancellationToken.None);
        }
    }

    private sealed class Endless(Seen seen) : ITimedJob
    {
        public async Task RunAsync(CancellationToken cancellationToken)
        {
            seen.Runs.Enqueue("begun");
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                await Task.Delay(100, CancellationToken.None);
                seen.Runs.Enqueue("tidied up");
            }
        }
    }
}
