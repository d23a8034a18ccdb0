using System.Collections.Concurrent;
using System.Diagnostics;
using Campaigns.Db.Writes;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Logs failures of jobs by type. A database that cannot be reached is logged
/// once a minute for each job.
/// </summary>
internal sealed class JobFailureLog(ILoggerFactory logs)
{
    private static readonly TimeSpan _outageEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Type, Stopwatch> _outages = new();

    public void Report(Type job, Exception error)
    {
        if (StorageException.IsAway(error))
        {
            if (_outages.TryGetValue(job, out var logged) && logged.Elapsed < _outageEvery)
                return;
            _outages[job] = Stopwatch.StartNew();
        }
        logs.CreateLogger(job).JobFailed(job.Name, error);
    }

    /// <summary>The next outage is logged at once.</summary>
    public void EndOutage(Type job) => _outages.TryRemove(job, out _);

    /// <summary>
    /// Asks whether a job has something to do; false, and logged, when the question fails.
    /// </summary>
    public bool Ask(Type job, Func<bool> hasWork)
    {
        try
        {
            var answer = hasWork();
            EndOutage(job);
            return answer;
        }
#pragma warning disable CA1031 // Whatever the question throws, the timetable goes on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Report(job, error);
            return false;
        }
    }
}
