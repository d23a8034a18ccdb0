using System.Globalization;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Reads how the jobs of the timetable are: those of the board from the board, loops from this
/// process.
/// </summary>
public sealed class JobReports
{
    private const int MostFailures = 1_000;

    private readonly IReadOnlyList<ScheduledLine> _lines;
    private readonly IReadOnlyList<ScheduledLoop> _loops;
    private readonly JobRuns _runs;
    private readonly JobStorage? _storage;
    private readonly JobStorageHealth? _health;

    /// <param name="lines">The jobs of the board.</param>
    /// <param name="loops">The jobs that are loops.</param>
    /// <param name="runs">The runs of this process.</param>
    /// <param name="storage">The board; null when another process has it in memory.</param>
    /// <param name="health">Reports a board that cannot be read.</param>
    internal JobReports(
        IReadOnlyList<ScheduledLine> lines,
        IReadOnlyList<ScheduledLoop> loops,
        JobRuns runs,
        JobStorage? storage,
        JobStorageHealth? health
    )
    {
        _lines = lines;
        _loops = loops;
        _runs = runs;
        _storage = storage;
        _health = health;
    }

    /// <summary>
    /// True when this process sees the board. Otherwise little is known of the jobs.
    /// </summary>
    public bool SeesBoard => _storage is not null;

    /// <summary>Every job of the timetable, loops first.</summary>
    public IReadOnlyList<JobReport> Read()
    {
        IReadOnlyList<JobReport> onBoard =
        [
            .. _lines.Select(line => new JobReport { Name = line.Name, Pause = line.Pause }),
            new JobReport { Name = LetterJobs.Name, Pause = null },
        ];
        if (_storage is not null && _health is not null)
            _health.Try(() => onBoard = ReadBoard(_storage));
        return [.. _loops.Select(Of), .. onBoard];
    }

    private JobReport Of(ScheduledLoop loop) =>
        _runs.Find(loop.Job) is { } run
            ? new JobReport
            {
                Name = loop.Name,
                Pause = loop.Pause,
                IsRunning = run.Duration is null,
                StartedAt = run.StartedAt,
                Duration = run.Duration,
                Failed = run.Duration is null ? null : run.Failed,
                NextAt = run.StartedAt + run.Duration + loop.Pause,
                Failures = run.Failures,
            }
            : new JobReport { Name = loop.Name, Pause = loop.Pause };

    private List<JobReport> ReadBoard(JobStorage storage)
    {
        using var connection = storage.GetConnection();
        var monitor = storage.GetMonitoringApi();
        var jobs = connection.GetRecurringJobs().ToDictionary(job => job.Id, StringComparer.Ordinal);
        var failures = monitor
            .FailedJobs(0, MostFailures)
            .Select(failed => NameOf(failed.Value?.Job))
            .OfType<string>()
            .CountBy(name => name, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        return
        [
            .. _lines.Select(line => Read(line.Name, line.Pause, line.OnlyWhen is not null)),
            Read(LetterJobs.Name, null, onlyWhen: true),
        ];

        JobReport Read(string name, TimeSpan? pause, bool onlyWhen)
        {
            var report = new JobReport { Name = name, Pause = pause, Failures = failures.GetValueOrDefault(name) };
            if (jobs.GetValueOrDefault(name) is not { LastExecution: { } last } job)
                return report;
            var started = new DateTimeOffset(DateTime.SpecifyKind(last, DateTimeKind.Utc));
            var running = job.LastJobState == EnqueuedState.StateName || job.LastJobState == ProcessingState.StateName;
            var duration = running || job.LastJobId is null ? null : Duration(monitor, job.LastJobId);
            return report with
            {
                IsRunning = running,
                StartedAt = started,
                Duration = duration,
                Failed = job.LastJobState switch
                {
                    null => null,
                    _ when running => null,
                    var state => state == FailedState.StateName,
                },
                NextAt = running || onlyWhen ? null : started + (duration ?? TimeSpan.Zero) + pause,
            };
        }
    }

    // From the start of the last run to its end, newest state first. A run that has left the history has none.
    private static TimeSpan? Duration(IMonitoringApi monitor, string jobId)
    {
        var history = monitor.JobDetails(jobId)?.History;
        return
            history?.FirstOrDefault() is { } end
            && history.FirstOrDefault(state => state.StateName == ProcessingState.StateName) is { } start
            ? end.CreatedAt - start.CreatedAt
            : null;
    }

    private static string? NameOf(Job? job) =>
        job?.Type == typeof(LetterJobs) ? LetterJobs.Name
        : job?.Type == typeof(ScheduledJobs) ? Convert.ToString(job.Args[0], CultureInfo.InvariantCulture)
        : null;
}
