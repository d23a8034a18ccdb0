using Campaigns.Db;

namespace Campaigns.Api.Http;

/// <summary>
/// Tries once a second at most whether the database takes writes: whoever asks how we are must not
/// take the places of those who sign.
/// </summary>
internal sealed class WriteProbe(Database database, TimeProvider time)
{
    private static readonly TimeSpan _holds = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<string?>? _last;
    private long _at;

    /// <summary>Null while writes succeed; otherwise what is wrong, without details.</summary>
    public Task<string?> FailureAsync()
    {
        // Known without asking, and so at once.
        if (database.Writes.FailedWithin(_fresh))
            return Task.FromResult<string?>("a write failed a moment ago");
        lock (_gate)
        {
            if (_last is null || (_last.IsCompleted && time.GetElapsedTime(_at) >= _holds))
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
#pragma warning disable CA1031 // Whatever keeps the database from writing, this is where it is said.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return $"the database takes no writes ({error.GetType().Name})";
        }
    }
}
