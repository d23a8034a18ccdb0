using System.Collections.Concurrent;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Remembers the last run of each job in this process. The loops are on no board, so this is all
/// that is known of them.
/// </summary>
internal sealed class JobRuns(TimeProvider time)
{
    private readonly ConcurrentDictionary<Type, JobRun> _runs = new();

    public JobRun? Find(Type job) => _runs.GetValueOrDefault(job);

    public void Begin(Type job) =>
        _runs[job] = new JobRun(
            time.UtcNow(),
            TimeProvider.System.GetTimestamp(),
            null,
            false,
            Find(job)?.Failures ?? 0
        );

    public void End(Type job, bool failed)
    {
        if (Find(job) is { } run)
            _runs[job] = run with
            {
                Duration = TimeProvider.System.GetElapsedTime(run.Began),
                Failed = failed,
                Failures = run.Failures + (failed ? 1 : 0),
            };
    }

    /// <param name="StartedAt">The wall clock at the start.</param>
    /// <param name="Began">The timestamp of the start.</param>
    /// <param name="Duration">Null while the job runs.</param>
    /// <param name="Failed">True if the run failed.</param>
    /// <param name="Failures">All failed runs of this process.</param>
    internal sealed record JobRun(DateTimeOffset StartedAt, long Began, TimeSpan? Duration, bool Failed, long Failures);
}
