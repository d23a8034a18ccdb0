using System.Collections.Concurrent;
using System.Diagnostics;
using Campaigns.Db.Writes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Runs one <see cref="IScheduledJob"/> in a scope of its own and logs what it throws. The job is created inside, so
/// that a constructor that throws is a failed run like any other.
/// </summary>
internal sealed class JobRunner(IServiceScopeFactory scopes, ILoggerFactory logs)
{
    private static readonly TimeSpan _logOutageEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Type, Stopwatch> _outages = new();

    /// <summary>Null after a run; otherwise the types of what the job threw. A cancelled run is no failure.</summary>
    public async Task<string?> RunAsync(Type job, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var instance = (IScheduledJob)ActivatorUtilities.GetServiceOrCreateInstance(scope.ServiceProvider, job);
            await instance.RunAsync(cancellationToken);
            _outages.TryRemove(job, out _);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
#pragma warning disable CA1031 // Whatever a job throws, the timetable goes on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (!IsRepeatedOutage(job, error)) logs.CreateLogger(job).JobFailed(job.Name, error);
            return WorkerLog.Types(error);
        }
    }

    // A database that cannot be reached is logged once a minute, not at every run.
    private bool IsRepeatedOutage(Type job, Exception error)
    {
        if (!StorageException.IsAway(error)) return false;
        if (_outages.TryGetValue(job, out var logged) && logged.Elapsed < _logOutageEvery) return true;
        _outages[job] = Stopwatch.StartNew();
        return false;
    }
}
