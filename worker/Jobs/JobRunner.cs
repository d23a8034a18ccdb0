using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Runs one <see cref="IScheduledJob"/> in a scope of its own and logs what it throws. The job is
/// created inside, so that a constructor that throws is a failed run like any other.
/// </summary>
internal sealed class JobRunner(IServiceScopeFactory scopes, JobFailureLog failures)
{
    /// <summary>
    /// Null after a run; otherwise the types of what the job threw. A cancelled run is no failure.
    /// </summary>
    public async Task<string?> RunAsync(Type job, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var instance = (IScheduledJob)ActivatorUtilities.GetServiceOrCreateInstance(scope.ServiceProvider, job);
            await instance.RunAsync(cancellationToken);
            failures.EndOutage(job);
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
            failures.Report(job, error);
            return WorkerLog.Types(error);
        }
    }
}
