using Campaigns.Tests.Infrastructure;
using Campaigns.Worker;
using Campaigns.Worker.Jobs;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Unit.Jobs;

/// <summary>The schedule, its loops and the job board, without a database.</summary>
public sealed class ScheduleTests : IDisposable
{
    internal const string Personal = "kari@example.org";

    private static readonly TimeSpan _often = TimeSpan.FromMilliseconds(20);

    private readonly Recorder _recorder = new();
    private readonly RecordedLog _log = new();
    private readonly MachineClock _machine = MachineClock.Running();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Failing_job_is_logged_without_exception_text_and_runs_again()
    {
        using (
            var host = await StartAsync(schedule =>
            {
                schedule.Every<FailingJob>("failing", _often);
                schedule.Every<ThrowingConstructorJob>("unmakeable", _often);
            })
        )
        {
            await UntilAsync(() =>
                _recorder.Runs.Count(name => name == nameof(FailingJob)) >= 8
                && CountLogged(nameof(ThrowingConstructorJob)) >= 8
            );
            await host.StopAsync();
            AssertNothingPersonal(host);
        }
        AssertLogged();
    }

    [Fact]
    public async Task Failing_loop_is_logged_without_exception_text_and_continues()
    {
        using (
            var host = await StartAsync(schedule =>
            {
                schedule.Loop<FailingJob>(_often);
                schedule.Loop<ThrowingConstructorJob>(_often);
            })
        )
        {
            await UntilAsync(() =>
                _recorder.Runs.Count(name => name == nameof(FailingJob)) >= 8
                && CountLogged(nameof(ThrowingConstructorJob)) >= 8
            );
            await host.StopAsync();
        }
        AssertLogged();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Job_never_overlaps_itself_and_a_long_run_causes_no_burst(bool loop)
    {
        var pause = TimeSpan.FromMilliseconds(100);
        using var host = await StartAsync(schedule =>
        {
            if (loop)
                schedule.Loop<SlowJob>(pause);
            else
                schedule.Every<SlowJob>("slow", pause);
        });
        await UntilAsync(() => _recorder.Runs.Count >= 3);
        await host.StopAsync();
        Assert.Equal(1, _recorder.MostAtOnce);
        var starts = _recorder.Starts.ToArray();
        Assert.All(starts.Zip(starts.Skip(1)), pair =>
            Assert.True(TimeProvider.System.GetElapsedTime(pair.First, pair.Second) >= TimeSpan.FromMilliseconds(480))
        );
    }

    [Fact]
    public async Task Job_triggered_by_hand_while_it_runs_is_skipped()
    {
        using var host = await StartAsync(schedule => schedule.Every<HeldJob>("held", TimeSpan.FromHours(1)));
        await UntilAsync(() => _recorder.Runs.Contains("begun"));
        var second = host.Services.GetRequiredService<IRecurringJobManagerV2>().TriggerJob("held");
        Assert.Equal("\"skipped: the job is running\"", await ResultAsync(host, second));
        _recorder.Go.SetResult();
        await UntilAsync(() => _recorder.Runs.Contains("ended"));
        await host.StopAsync();
        Assert.Single(_recorder.Runs, "begun");
    }

    [Fact]
    public async Task Irreversible_job_is_skipped_while_the_clock_is_not_trusted()
    {
        using var host = await StartAsync(schedule =>
        {
            schedule.EveryWhenClockTrusted<CountedJob>("careful", _often);
            schedule.Every<MarkerJob>("marker", _often);
        });
        await UntilAsync(() => _recorder.Runs.Contains(nameof(CountedJob)));
        _machine.Jump(TimeSpan.FromDays(366));
        var clock = host.Services.GetRequiredService<JumpResistantClock>();
        Assert.False(clock.IsTrusted);
        // A run that began before the jump has ended once the other job has run twice more.
        await MarkerAsync(2);
        var before = _recorder.Runs.Count(name => name == nameof(CountedJob));
        await MarkerAsync(20);
        Assert.Equal(before, _recorder.Runs.Count(name => name == nameof(CountedJob)));

        var byHand = host.Services.GetRequiredService<IRecurringJobManagerV2>().TriggerJob("careful");
        Assert.Equal("\"skipped: the machine's clock is not trusted\"", await ResultAsync(host, byHand));

        _machine.Jump(TimeSpan.FromDays(-366));
        await UntilAsync(() => _recorder.Runs.Count(name => name == nameof(CountedJob)) > before);
        await host.StopAsync();
    }

    [Fact]
    public async Task Clock_jump_of_an_hour_stops_no_job()
    {
        using var host = await StartAsync(schedule => schedule.Every<MarkerJob>("marker", _often));
        await MarkerAsync(3);
        foreach (var hours in (int[])[-1, 2, -25, 24])
        {
            _machine.Jump(TimeSpan.FromHours(hours));
            await MarkerAsync(5);
        }
        using (var connection = host.Services.GetRequiredService<JobStorage>().GetConnection())
        {
            // The board itself used that clock.
            var last = connection.GetRecurringJobs(["marker"]).Single().LastExecution!.Value;
            Assert.InRange(last, _machine.GetUtcNow().UtcDateTime.AddMinutes(-5), _machine.GetUtcNow().UtcDateTime);
        }
        await host.StopAsync();
    }

    [Fact]
    public async Task Job_with_nothing_to_do_writes_no_history()
    {
        using var host = await StartAsync(schedule =>
        {
            schedule.Every<CountedJob>("idle", _often, onlyWhen: services =>
                services.GetRequiredService<Recorder>().HasWork
            );
            schedule.Every<MarkerJob>("marker", _often);
        });
        await MarkerAsync(20);
        using (var connection = host.Services.GetRequiredService<JobStorage>().GetConnection())
            Assert.Null(connection.GetRecurringJobs(["idle"]).Single().LastJobId);
        _recorder.HasWork = true;
        await UntilAsync(() => _recorder.Runs.Contains(nameof(CountedJob)));
        await host.StopAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Shutdown_asks_running_jobs_to_stop_and_waits_for_them(bool loop)
    {
        using var host = await StartAsync(schedule =>
        {
            if (loop)
                schedule.Loop<LongJob>(_often);
            else
                schedule.Every<LongJob>("endless", _often);
        });
        await UntilAsync(() => _recorder.Runs.Contains("begun"));
        await host.StopAsync();
        Assert.Contains("tidied up", _recorder.Runs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Job_that_ignores_cancellation_cannot_keep_the_host_from_ending(bool loop)
    {
        using var host = await StartAsync(schedule =>
        {
            if (loop)
                schedule.Loop<HangingJob>(_often);
            else
                schedule.Every<HangingJob>("deaf", _often);
        });
        await UntilAsync(() => _recorder.Runs.Contains("begun"));
        var started = TimeProvider.System.GetTimestamp();
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        try
        {
            await host.StopAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // The host throws when a service does not stop in time.
        }
        Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(8));
        _recorder.Go.SetResult();
    }

    [Fact]
    public async Task Failed_jobs_expire_from_the_board()
    {
        using var host = await StartAsync(schedule => schedule.Every<FailingJob>("failing", TimeSpan.FromHours(1)));
        var board = host.Services.GetRequiredService<JobStorage>().GetMonitoringApi();
        await UntilAsync(() => board.FailedCount() == 1);
        var failed = board.FailedJobs(0, 1).Single();
        var expires = board.JobDetails(failed.Key).ExpireAt;
        Assert.InRange(expires!.Value, DateTime.UtcNow.AddDays(6), DateTime.UtcNow.AddDays(8));
        await host.StopAsync();
    }

    private void AssertLogged()
    {
        const string Failure = "FailingJob failed with AggregateException < InvalidOperationException";
        Assert.Contains(_log.Lines, line =>
            line.Event == WorkerLog.JobFailedEvent && line.Text.StartsWith(Failure, StringComparison.Ordinal)
        );
        Assert.DoesNotContain(_log.Lines, line => line.Text.Contains(Personal, StringComparison.Ordinal));
    }

    private int CountLogged(string job) =>
        _log.Lines.Count(line => line.Text.StartsWith(job, StringComparison.Ordinal));

    private static void AssertNothingPersonal(IHost host)
    {
        var board = host.Services.GetRequiredService<JobStorage>().GetMonitoringApi();
        var failed = board.FailedJobs(0, 1000);
        Assert.NotEmpty(failed);
        Assert.All(failed, job =>
            Assert.DoesNotContain(
                Personal,
                $"{job.Value.ExceptionMessage} {job.Value.ExceptionDetails}",
                StringComparison.Ordinal
            )
        );
    }

    private Task MarkerAsync(int more)
    {
        var wanted = _recorder.Runs.Count(name => name == nameof(MarkerJob)) + more;
        return UntilAsync(() => _recorder.Runs.Count(name => name == nameof(MarkerJob)) >= wanted);
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
            .ConfigureServices(services =>
                services
                    .AddSingleton(_recorder)
                    .AddSingleton(new JumpResistantClock(_machine))
                    .AddSingleton<TimeProvider>(_machine)
                    .AddTimetable(new ConfigurationBuilder().Build(), timetable)
            )
            .Build();
        await host.StartAsync();
        return host;
    }

    private static async Task UntilAsync(Func<bool> isTrue)
    {
        for (var waited = 0; !isTrue(); waited++)
        {
            Assert.True(waited < 600, "The condition was not met within 30 s.");
            await Task.Delay(50);
        }
    }
}
