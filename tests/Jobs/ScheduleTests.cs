using System.Collections.Concurrent;
using Campaigns.Tests.Running;
using Campaigns.Worker;
using Campaigns.Worker.Jobs;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Jobs;

/// <summary>The timetable, its loops and the job board, without a database.</summary>
public sealed class ScheduleTests : IDisposable
{
    private const string Personal = "kari@example.org";

    private static readonly TimeSpan _often = TimeSpan.FromMilliseconds(20);

    private readonly Seen _seen = new();
    private readonly RecordedLog _log = new();
    private readonly TestClock _machine = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Job_that_fails_or_cannot_be_created_is_logged_without_its_words_and_runs_on()
    {
        using (var host = await StartAsync(schedule =>
        {
            schedule.Every<Failing>("failing", _often);
            schedule.Every<Unmakeable>("unmakeable", _often);
        }))
        {
            await UntilAsync(() => _seen.Runs.Count(name => name == nameof(Failing)) >= 8 && CountLogged(nameof(Unmakeable)) >= 8);
            await host.StopAsync();
            AssertNothingPersonal(host);
        }
        AssertLogged();
    }

    [Fact]
    public async Task Loop_that_fails_or_cannot_be_created_is_logged_without_its_words_and_runs_on()
    {
        using (var host = await StartAsync(schedule =>
        {
            schedule.Loop<Failing>(_often);
            schedule.Loop<Unmakeable>(_often);
        }))
        {
            await UntilAsync(() => _seen.Runs.Count(name => name == nameof(Failing)) >= 8 && CountLogged(nameof(Unmakeable)) >= 8);
            await host.StopAsync();
        }
        AssertLogged();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Job_never_runs_beside_itself_and_a_long_run_is_followed_by_no_burst(bool loop)
    {
        var pause = TimeSpan.FromMilliseconds(100);
        using var host = await StartAsync(schedule =>
        {
            if (loop) schedule.Loop<Slow>(pause);
            else schedule.Every<Slow>("slow", pause);
        });
        await UntilAsync(() => _seen.Runs.Count >= 3);
        await host.StopAsync();
        Assert.Equal(1, _seen.MostAtOnce);
        var starts = _seen.Starts.ToArray();
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.True(TimeProvider.System.GetElapsedTime(pair.First, pair.Second) >= TimeSpan.FromMilliseconds(480)));
    }

    [Fact]
    public async Task Job_triggered_by_hand_while_it_runs_is_skipped()
    {
        using var host = await StartAsync(schedule => schedule.Every<Held>("held", TimeSpan.FromHours(1)));
        await UntilAsync(() => _seen.Runs.Contains("begun"));
        var second = host.Services.GetRequiredService<IRecurringJobManagerV2>().TriggerJob("held");
        Assert.Equal("\"skipped: the job is running\"", await ResultAsync(host, second));
        _seen.Go.SetResult();
        await UntilAsync(() => _seen.Runs.Contains("ended"));
        await host.StopAsync();
        Assert.Single(_seen.Runs, "begun");
    }

    [Fact]
    public async Task Job_that_cannot_be_undone_is_skipped_while_the_clock_is_not_trusted()
    {
        using var host = await StartAsync(schedule =>
        {
            schedule.EveryWhenClockTrusted<Careful>("careful", _often);
            schedule.Every<Marker>("marker", _often);
        });
        await UntilAsync(() => _seen.Runs.Contains(nameof(Careful)));
        _machine.Move(TimeSpan.FromDays(366));
        var clock = host.Services.GetRequiredService<SteadyClock>();
        Assert.False(clock.IsSure);
        // A run that began before the jump has ended once the other job has had two more.
        await MarkerAsync(2);
        var before = _seen.Runs.Count(name => name == nameof(Careful));
        await MarkerAsync(20);
        Assert.Equal(before, _seen.Runs.Count(name => name == nameof(Careful)));

        var byHand = host.Services.GetRequiredService<IRecurringJobManagerV2>().TriggerJob("careful");
        Assert.Equal("\"skipped: the machine's clock is not trusted\"", await ResultAsync(host, byHand));

        _machine.Move(TimeSpan.FromDays(-366));
        await UntilAsync(() => _seen.Runs.Count(name => name == nameof(Careful)) > before);
        await host.StopAsync();
    }

    [Fact]
    public async Task Job_with_nothing_to_do_writes_no_history()
    {
        using var host = await StartAsync(schedule =>
        {
            schedule.Every<Careful>("idle", _often, onlyWhen: services => services.GetRequiredService<Seen>().HasWork);
            schedule.Every<Marker>("marker", _often);
        });
        await MarkerAsync(20);
        using (var connection = host.Services.GetRequiredService<JobStorage>().GetConnection())
            Assert.Null(connection.GetRecurringJobs(["idle"]).Single().LastJobId);
        _seen.HasWork = true;
        await UntilAsync(() => _seen.Runs.Contains(nameof(Careful)));
        await host.StopAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Shutdown_asks_running_jobs_to_stop_and_waits_for_them(bool loop)
    {
        using var host = await StartAsync(schedule =>
        {
            if (loop) schedule.Loop<Endless>(_often);
            else schedule.Every<Endless>("endless", _often);
        });
        await UntilAsync(() => _seen.Runs.Contains("begun"));
        await host.StopAsync();
        Assert.Contains("tidied up", _seen.Runs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Job_that_ignores_cancellation_cannot_keep_the_host_from_ending(bool loop)
    {
        using var host = await StartAsync(schedule =>
        {
            if (loop) schedule.Loop<Deaf>(_often);
            else schedule.Every<Deaf>("deaf", _often);
        });
        await UntilAsync(() => _seen.Runs.Contains("begun"));
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
        _seen.Go.SetResult();
    }

    [Fact]
    public async Task Failed_jobs_do_not_stay_on_the_board_for_ever()
    {
        using var host = await StartAsync(schedule => schedule.Every<Failing>("failing", TimeSpan.FromHours(1)));
        var board = host.Services.GetRequiredService<JobStorage>().GetMonitoringApi();
        await UntilAsync(() => board.FailedCount() == 1);
        var failed = board.FailedJobs(0, 1).Single();
        var expires = board.JobDetails(failed.Key).ExpireAt;
        Assert.InRange(expires!.Value, DateTime.UtcNow.AddDays(6), DateTime.UtcNow.AddDays(8));
        await host.StopAsync();
    }

    private void AssertLogged()
    {
        Assert.Contains(_log.Lines, line => line.Event == WorkerLog.JobFailedEvent && line.Text.StartsWith("Failing failed with AggregateException < InvalidOperationException", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, line => line.Text.Contains(Personal, StringComparison.Ordinal));
    }

    private int CountLogged(string job) => _log.Lines.Count(line => line.Text.StartsWith(job, StringComparison.Ordinal));

    private static void AssertNothingPersonal(IHost host)
    {
        var board = host.Services.GetRequiredService<JobStorage>().GetMonitoringApi();
        var failed = board.FailedJobs(0, 1000);
        Assert.NotEmpty(failed);
        Assert.All(failed, job => Assert.DoesNotContain(Personal, $"{job.Value.ExceptionMessage} {job.Value.ExceptionDetails}", StringComparison.Ordinal));
    }

    private Task MarkerAsync(int more)
    {
        var wanted = _seen.Runs.Count(name => name == nameof(Marker)) + more;
        return UntilAsync(() => _seen.Runs.Count(name => name == nameof(Marker)) >= wanted);
    }

    private static async Task<string?> ResultAsync(IHost host, string job)
    {
        var board = host.Services.GetRequiredService<JobStorage>().GetMonitoringApi();
        string? result = null;
        await UntilAsync(() => board.JobDetails(job).History[0].Data.TryGetValue("Result", out result));
        return result;
    }

    private async Task<IHost> StartAsync(Action<ScheduleBuilder> timetable)
    {
        var host = Host.CreateDefaultBuilder()
            .ConfigureLogging(logs => logs.ClearProviders().AddProvider(_log))
            .ConfigureServices(services => services
                .AddSingleton(_seen)
                .AddSingleton(new SteadyClock(_machine))
                .AddTimetable(new ConfigurationBuilder().Build(), timetable))
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
        public bool HasWork { get; set; }

        /// <summary>Lets the jobs go on that wait for it.</summary>
        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

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

    private sealed class Failing(Seen seen) : IScheduledJob
    {
        public Task RunAsync(CancellationToken cancellationToken)
        {
            seen.Runs.Enqueue(nameof(Failing));
            throw new AggregateException(new InvalidOperationException(Personal));
        }
    }

    private sealed class Unmakeable : IScheduledJob
    {
        public Unmakeable() => throw new InvalidOperationException(Personal);

        public Task RunAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Slow(Seen seen) : IScheduledJob
    {
        public async Task RunAsync(CancellationToken cancellationToken)
        {
            seen.Begin();
            await Task.Delay(400, CancellationToken.None);
            seen.End(nameof(Slow));
        }
    }

    private sealed class Deaf(Seen seen) : IScheduledJob
    {
        public async Task RunAsync(CancellationToken cancellationToken)
        {
            seen.Runs.Enqueue("begun");
            await seen.Go.Task;
        }
    }

    private sealed class Endless(Seen seen) : IScheduledJob
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

    private sealed class Held(Seen seen) : IScheduledJob
    {
        public async Task RunAsync(CancellationToken cancellationToken)
        {
            seen.Runs.Enqueue("begun");
            await seen.Go.Task.WaitAsync(cancellationToken);
            seen.Runs.Enqueue("ended");
        }
    }

    private sealed class Careful(Seen seen) : IScheduledJob
    {
        public Task RunAsync(CancellationToken cancellationToken)
        {
            seen.Runs.Enqueue(nameof(Careful));
            return Task.CompletedTask;
        }
    }

    private sealed class Marker(Seen seen) : IScheduledJob
    {
        public Task RunAsync(CancellationToken cancellationToken)
        {
            seen.Runs.Enqueue(nameof(Marker));
            return Task.CompletedTask;
        }
    }
}
