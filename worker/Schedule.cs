using System.Diagnostics;
using Campaigns.Db.Writes;
using Campaigns.Worker.Campaigns;
using Campaigns.Worker.Counts;
using Campaigns.Worker.Keys;
using Campaigns.Worker.Ledger;
using Campaigns.Worker.Letters;
using Campaigns.Worker.Letters.Folder;
using Campaigns.Worker.Packets;
using Campaigns.Worker.Signatures;
using Campaigns.Worker.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Campaigns.Worker;

/// <summary>
/// The whole timetable on one screen, and the only file that knows the scheduler (docs/adr/0004). The timetable lives in memory: what
/// is to be done are rows, so a tick that is missed or comes late loses nothing.
/// </summary>
public static class Schedule
{
    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _tenSeconds = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private static void Timetable(Clock clock)
    {
        clock.Every<SendLettersJob>(_second);
        clock.Every<SealLedgerJob>(_second);
        clock.Every<BuildPacketJob>(_moment);
        clock.Every<SweepPacketsJob>(_tenSeconds);
        clock.Every<ReSealJob>(_tenSeconds);
        clock.Every<WatchClockJob>(_tenSeconds);
        clock.Every<QueueMendedJob>(_minute);
        clock.EveryWhenSure<ExpirePendingJob>(_minute);
        // Whatever the clock says: destroying a key too early costs a tally, too late somebody's address.
        clock.Every<DestroyNetworkKeysJob>(_hour);
        clock.EveryWhenSure<ForgetSuppressionsJob>(_hour);
        clock.EveryWhenSure<EraseAfterJob>(_hour);
        clock.EveryWhenSure<SweepMailFolderJob>(_hour);
        clock.Every<RecountJob>(_hour);
    }

    // An API whose worker is another process: what no other process can do for it.
    private static void OwnTimetable(Clock clock)
    {
        clock.Every<FollowKeysJob>(_tenSeconds);
        clock.Every<WatchClockJob>(_tenSeconds);
    }

    /// <summary>Starts the clock with the host. On shutdown running jobs are asked to stop and then waited for.</summary>
    public static IServiceCollection AddClock(this IServiceCollection services) => services.AddClock(Timetable);

    /// <summary>The same for a process that leaves the work to others: it only watches its own time and keys.</summary>
    public static IServiceCollection AddOwnClock(this IServiceCollection services) => services.AddClock(OwnTimetable);

    /// <param name="services">Where the jobs' own needs are found.</param>
    /// <param name="timetable">What runs how often.</param>
    /// <param name="machine">The clock whose passing is counted; its jumps are not.</param>
    internal static IServiceCollection AddClock(this IServiceCollection services, Action<Clock> timetable, TimeProvider? machine = null) => services
        .AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(options =>
            {
                options.InstanceName = "campaign";
                options.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            quartz.UseInMemoryStore();
            quartz.UseDefaultThreadPool(maxConcurrency: 16);
            quartz.UseTimeProvider(new PassingTime(machine ?? TimeProvider.System));
            timetable(new Clock(quartz));
        })
        .AddQuartzHostedService(options => options.WaitForJobsToComplete = true);

    internal sealed class Clock(IQuartzBuilder quartz)
    {
        /// <summary>
        /// Runs a job now and then again that long after each run ended. Counted from the end, not by the wall clock: a long run is
        /// followed by one tick and not by a burst of all those it missed.
        /// </summary>
        public void Every<TJob>(TimeSpan pause)
            where TJob : class, ITimedJob => Add<Tick<TJob>>(typeof(TJob).Name, pause);

        /// <summary>The same for a job whose work cannot be undone: it lets a tick pass while the time may be wrong.</summary>
        public void EveryWhenSure<TJob>(TimeSpan pause)
            where TJob : class, ITimedJob => Add<CarefulTick<TJob>>(typeof(TJob).Name, pause);

        private void Add<TTick>(string name, TimeSpan pause)
            where TTick : class, IJob => quartz.ScheduleJob<TTick>(
                trigger => trigger
                    .WithIdentity(name)
                    .StartNow()
                    .WithSchedule(SimpleScheduleBuilder.Create().WithInterval(pause).RepeatForever().MeasureIntervalFromCompletion()
                        .WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithExistingCount)),
                job => job.WithIdentity(name).DisallowConcurrentExecution());
    }

    // The job is made in here and not by the scheduler, which takes a trigger off the clock when its job cannot be made five times.
    private class Tick<TJob>(IServiceScopeFactory scopes, ILogger<TJob> log) : IJob
        where TJob : class, ITimedJob
    {
        // One for each job: a tick lives for one run.
        private static readonly Stopwatch _away = new();

        protected virtual bool MayRun => true;

        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            if (!MayRun) return;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                await ActivatorUtilities.GetServiceOrCreateInstance<TJob>(scope.ServiceProvider).RunAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
            }
#pragma warning disable CA1031 // Whatever a job throws, the clock goes on.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                // A database that is away is said now and then, not at every tick.
                var isAway = StorageException.IsAway(exception);
                if (isAway && _away.IsRunning && _away.Elapsed < _minute) return;
                if (isAway) _away.Restart();
                log.JobFailed(typeof(TJob).Name, exception);
            }
        }
    }

    private sealed class CarefulTick<TJob>(SteadyClock clock, IServiceScopeFactory scopes, ILogger<TJob> log) : Tick<TJob>(scopes, log)
        where TJob : class, ITimedJob
    {
        protected override bool MayRun => clock.IsSure;
    }

    // The scheduler keeps instants, not pauses: had it the machine's clock, one that goes back a year would stop every job for a year.
    private sealed class PassingTime(TimeProvider machine) : TimeProvider
    {
        private readonly DateTimeOffset _start = machine.GetUtcNow();
        private readonly long _startedAt = machine.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => _start + machine.GetElapsedTime(_startedAt);
    }
}
