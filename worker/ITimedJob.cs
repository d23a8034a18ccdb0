namespace Campaigns.Worker;

/// <summary>
/// What the clock can call. A job is a plain class that knows no scheduler; it is made anew in its own scope for each run, never runs
/// beside itself in one process, and must be safe to run twice, late, beside another process, or killed half way: rows are the
/// queue, leases elect.
/// </summary>
public interface ITimedJob
{
    /// <summary>Does what is due now and returns. An exception is logged and the next tick comes all the same.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
