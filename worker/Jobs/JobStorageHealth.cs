using Hangfire;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Runs work that needs the job board's storage. On a failure it creates lost tables again, reports
/// the problem <c>jobs</c> to readiness, and logs it once a minute.
/// </summary>
internal sealed class JobStorageHealth(JobStorageFactory factory, JobStorage storage, ILogger<JobStorageHealth> log)
    : IHealthProblem
{
    private static readonly TimeSpan _logEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private string? _failure;
    private long? _loggedAt;

    public string Name => "jobs";

    public string? Problem =>
        Volatile.Read(ref _failure) is { } failure ? $"the job board's storage cannot be used ({failure})" : null;

    /// <summary>False when the work failed.</summary>
    public bool Try(Action work)
    {
        try
        {
            work();
            Volatile.Write(ref _failure, null);
            return true;
        }
#pragma warning disable CA1031 // Each storage throws its own exception types; the caller tries again.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Volatile.Write(ref _failure, WorkerLog.Types(error));
            if (IsTimeToLog())
                log.JobStorageFailed(error);
            Repair();
            return false;
        }
    }

    /// <summary>True when the last work succeeded or the storage is readable again.</summary>
    public bool Recovers() =>
        Problem is null
        || Try(() =>
        {
            using var connection = storage.GetConnection();
            connection.GetAllItemsFromSet("recurring-jobs");
        });

    private void Repair()
    {
        try
        {
            factory.Repair();
        }
#pragma warning disable CA1031 // The next failure tries again.
        catch (Exception)
#pragma warning restore CA1031
        { }
    }

    private bool IsTimeToLog()
    {
        lock (_gate)
        {
            if (_loggedAt is { } at && TimeProvider.System.GetElapsedTime(at) < _logEvery)
                return false;
            _loggedAt = TimeProvider.System.GetTimestamp();
            return true;
        }
    }
}
