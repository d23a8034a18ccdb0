using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Runs one <see cref="IScheduledJob"/> in a scope of its own and logs what it throws. The job is
/// created inside the try block, so a constructor that throws counts as a failed run.
/// </summary>
internal sealed class JobRunner(IServiceScopeFactory scopes, JobFailureLog failures, JobRuns runs)
{
    /// <summary>
    /// Returns null after a successful or cancelled run, else the types of the exceptions.
    /// </summary>
    public async Task<string?> RunAsync(Type job, CancellationToken cancellationToken)
    {
        var failed = true;
        runs.Begin(job);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var instance = (IScheduledJob)ActivatorUtilities.GetServiceOrCreateInstance(scope.ServiceProvider, job);
            await instance.RunAsync(cancellationToken);
            failures.EndOutage(job);
            failed = false;
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            failed = false;
            return null;
        }
#pragma warning disable CA1031 // No exception of a job may stop the timetable.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failures.Report(job, error);
            return WorkerLog.Types(error);
        }
        finally
        {
            runs.End(job, failed);
        }
    }
}
