namespace Campaigns.Worker;

/// <summary>
/// Work that the timetable starts (<see cref="Schedule"/>). A job is a plain class that knows no
/// scheduler. Each run gets a new instance in a scope of its own, and no two runs of a job overlap
/// in one process. A job must be safe when it runs twice, late, beside another process, or is
/// killed half way: rows are the queue, leases elect.
/// </summary>
public interface IScheduledJob
{
    /// <summary>
    /// Does what is due now and returns. An exception is logged, and the
    /// next run comes all the same.
    /// </summary>
    Task RunAsync(CancellationToken cancellationToken);
}
