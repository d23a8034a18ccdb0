using Hangfire;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Jobs;

/// <summary>
/// Tries what needs the job board's storage. When that fails, the storage is created again where it
/// was lost, readiness names it (<c>jobs</c>), and the log says so once a minute.
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
#pragma warning disable CA1031 // A storage fails in its own ways; the caller tries again.
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

    /// <summary>True when nothing failed last, or the storage can be read again.</summary>
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
