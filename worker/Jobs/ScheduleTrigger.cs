using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using Microsoft.Extensions.Hosting;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Triggers the recurring jobs of the board by elapsed time. Hangfire's own scheduler reads the
/// wall clock: when that is set back by an hour, it triggers nothing for an hour. A job is skipped
/// while its last run has not ended, in any process. A job that needs a trusted clock is skipped
/// while the clock is not trusted.
/// </summary>
internal sealed class ScheduleTrigger(
    IReadOnlyList<ScheduledLine> lines,
    IRecurringJobManagerV2 board,
    ScheduledJobs jobs,
    LetterJobs letters,
    JobStorageHealth health,
    JobFailureLog failures,
    IServiceProvider services
) : BackgroundService
{
    private static readonly TimeSpan _longestRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _shortestRest = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<string, long> _triggeredAt = new(StringComparer.Ordinal);
    private bool _isRegistered;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var works = _isRegistered || health.Try(Register);
            foreach (var line in lines.Where(IsDue))
                works = works && health.Try(() => Trigger(line));
            await Task.Delay(works ? Rest() : _longestRest, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Register()
    {
        using var connection = board.Storage.GetConnection();
        var known = lines.Select(line => line.Name).Append(LetterJobs.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var stale in connection.GetRecurringJobs().Where(job => !known.Contains(job.Id)))
            board.RemoveIfExists(stale.Id);
        foreach (var line in lines)
        {
            var run = Job.FromExpression<ScheduledJobs>(scheduled =>
                scheduled.RunAsync(line.Name, line.Every, CancellationToken.None)
            );
            board.AddOrUpdate(line.Name, run, Cron.Never(), new RecurringJobOptions());
        }
        letters.Register();
        _isRegistered = true;
    }

    private bool IsDue(ScheduledLine line) => !jobs.IsRunning(line.Name) && RestOf(line) <= TimeSpan.Zero;

    private void Trigger(ScheduledLine line)
    {
        var due = jobs.IsAllowed(line) && HasWork(line) && !IsUnderWay(line.Name);
        // The board does not know the job: it was lost and created again.
        if (due && board.TriggerJob(line.Name) is null)
            _isRegistered = false;
        else
            _triggeredAt[line.Name] = TimeProvider.System.GetTimestamp();
    }

    private bool HasWork(ScheduledLine line) =>
        line.OnlyWhen is null || failures.Ask(line.Job, () => line.OnlyWhen(services));

    // A person or another process with the same storage may have started it.
    private bool IsUnderWay(string name)
    {
        using var connection = board.Storage.GetConnection();
        if (connection.GetRecurringJobs([name]).FirstOrDefault()?.LastJobId is not { } last)
            return false;
        var state = connection.GetJobData(last)?.State;
        return state == EnqueuedState.StateName || state == ProcessingState.StateName;
    }

    private TimeSpan Rest()
    {
        var next = lines.Where(line => !jobs.IsRunning(line.Name)).Select(RestOf).DefaultIfEmpty(_longestRest).Min();
        return next < _shortestRest ? _shortestRest
            : next > _longestRest ? _longestRest
            : next;
    }

    // Zero before the first run.
    private TimeSpan RestOf(ScheduledLine line)
    {
        if (!_triggeredAt.TryGetValue(line.Name, out var since))
            return TimeSpan.Zero;
        if (jobs.EndedAt(line.Name) is { } ended && ended > since)
            since = ended;
        return line.Pause - TimeProvider.System.GetElapsedTime(since);
    }
}
