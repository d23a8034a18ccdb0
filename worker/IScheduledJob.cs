namespace Campaigns.Worker;

/// <summary>
/// Work that the timetable starts (<see cref="Schedule"/>). A job is a plain class that knows no
/// scheduler. Each run gets a new instance in a scope of its own, and no two runs of a job overlap
/// in one process. A job must be safe when it runs twice, late or beside another process, and
/// when it is killed half way. Database rows are the queue; leases decide which process works.
/// </summary>
public interface IScheduledJob
{
    /// <summary>
    /// Does what is due now and returns. An exception is logged and does not prevent the next
    /// run.
    /// </summary>
    Task RunAsync(CancellationToken cancellationToken);
}
