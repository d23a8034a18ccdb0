using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Jobs;

/// <summary>Keeps messages of exceptions off the board: what escapes a job is logged by type and thrown as a new exception.</summary>
internal static class CleanFailure
{
    /// <summary>Runs the work of a job and returns its result.</summary>
    /// <param name="log">Where a failure is logged.</param>
    /// <param name="job">The job's name.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">The job's own: a cancelled job has not failed.</param>
    public static async Task<string> RunAsync(ILogger log, string job, Func<Task<string>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Without a cause: the board keeps the whole text of an exception.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception error) when (error is not JobFailedException)
        {
            log.JobFailed(job, error);
            throw new JobFailedException(WorkerLog.Types(error));
        }
    }
}
