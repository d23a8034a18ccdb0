namespace Campaigns.Worker.Jobs;

/// <summary>
/// Keeps exception messages off the board: an exception of a job is logged by type, and a new
/// exception without the message is thrown in its place.
/// </summary>
internal sealed class CleanFailure(JobFailureLog log)
{
    /// <summary>
    /// Runs the work of a job and returns its result. A failed run begins a rest; a successful run
    /// ends it.
    /// </summary>
    /// <param name="job">The job, for the log.</param>
    /// <param name="rest">The rest after failures of this work.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">The job's token: a cancelled job has not failed.</param>
    public async Task<string> RunAsync(
        Type job,
        RestAfterFailure rest,
        Func<Task<string>> work,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var result = await work();
            log.EndOutage(job);
            rest.End();
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Without an inner exception, because the board stores the whole text of an exception.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (JobFailedException)
        {
            // The job has handled the failure itself and has arranged the next try.
            rest.End();
            throw;
        }
        catch (Exception error)
        {
            log.Report(job, error);
            rest.Begin();
            throw new JobFailedException(WorkerLog.Types(error));
        }
    }
}
