using Campaigns.Db;

namespace Campaigns.Api.Http;

/// <summary>
/// Probes whether the database accepts writes, at most once a second, so that health checks do not
/// compete with signing.
/// </summary>
internal sealed class WriteProbe(Database database, TimeProvider time)
{
    private static readonly TimeSpan _probeEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _recently = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<string?>? _last;
    private long _at;

    /// <summary>Null while writes succeed; otherwise the problem, without details.</summary>
    public Task<string?> FailureAsync()
    {
        // A recent failure is reported at once, without a probe.
        if (database.Writes.FailedWithin(_recently))
            return Task.FromResult<string?>("a write failed a moment ago");
        lock (_gate)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_at) >= _probeEvery))
            {
                _at = time.GetTimestamp();
                _last = TryAsync();
            }
            return _last;
        }
    }

    private async Task<string?> TryAsync()
    {
        try
        {
            await database.ProbeAsync(CancellationToken.None).WaitAsync(_timeout);
            return null;
        }
#pragma warning disable CA1031 // Every exception of the probe is reported as the problem.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return $"the database accepts no writes ({error.GetType().Name})";
        }
    }
}
