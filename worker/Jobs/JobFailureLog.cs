using System.Collections.Concurrent;
using System.Diagnostics;
using Campaigns.Db.Engine;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Logs failures of jobs by type. An unreachable database is logged once a minute for each job.
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

    /// <summary>Ends an outage, so that the next one is logged at once.</summary>
    public void EndOutage(Type job) => _outages.TryRemove(job, out _);

    /// <summary>
    /// Returns whether a job has work. When the check throws, logs the failure and returns false.
    /// </summary>
    public bool Ask(Type job, Func<bool> hasWork)
    {
        try
        {
            var answer = hasWork();
            EndOutage(job);
            return answer;
        }
#pragma warning disable CA1031 // No exception of a check may stop the timetable.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Report(job, error);
            return false;
        }
    }
}
