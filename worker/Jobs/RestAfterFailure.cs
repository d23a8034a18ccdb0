namespace Campaigns.Worker.Jobs;

/// <summary>
/// The pause after a failure: 1, 2, 4 … 60 seconds. A database that refuses every write must not
/// fill the board with failed jobs.
/// </summary>
internal sealed class RestAfterFailure
{
    private const double LongestSeconds = 60;
    private const int MostDoublings = 6;

    private readonly Lock _gate = new();
    private int _failures;
    private long _failedAt;

    public bool IsOver
    {
        get
        {
            lock (_gate)
                return _failures == 0 || TimeProvider.System.GetElapsedTime(_failedAt) >= Length;
        }
    }

    private TimeSpan Length =>
        TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(_failures - 1, MostDoublings)), LongestSeconds));

    public void Begin()
    {
        lock (_gate)
        {
            _failures++;
            _failedAt = TimeProvider.System.GetTimestamp();
        }
    }

    public void End()
    {
        lock (_gate)
            _failures = 0;
    }
}
