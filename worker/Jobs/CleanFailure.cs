namespace Campaigns.Worker.Jobs;

/// <summary>
/// Keeps messages of exceptions off the board: what escapes a job is logged by type and
/// thrown as a new exception.
/// </summary>
internal sealed class CleanFailure(JobFailureLog log)
{
    /// <summary>
    /// Runs the work of a job and returns its result. A run that fails begins a rest,
    /// one that ends well ends it.
    /// </summary>
    /// <param name="job">Whose work it is.</param>
    /// <param name="rest">The rest after failures of this work.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">The job's own: a cancelled job has not failed.</param>
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
            // Without a cause: the board keeps the whole text of an exception.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (JobFailedException)
        {
            // The job itself knows what failed, and what comes next.
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
