namespace Campaigns.Worker.Letters;

/// <summary>
/// A mail server that cannot be spoken to is left alone for a while, longer each time, at most a minute. Letters wait meanwhile and lose no
/// try: they did nothing wrong. One for the process, in memory: a new process may well try at once.
/// </summary>
public sealed class MailOutage(TimeProvider time)
{
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private int _inARow;
    private DateTimeOffset _until;

    public bool Lasts
    {
        get
        {
            lock (_gate) return time.UtcNow() < _until;
        }
    }

    /// <summary>Begins a pause; false when one has begun already, because several conversations usually break at once.</summary>
    public bool Begin()
    {
        lock (_gate)
        {
            var now = time.UtcNow();
            if (now < _until) return false;
            var seconds = Math.Min(Math.Pow(2, _inARow++), _longest.TotalSeconds);
            _until = now + (TimeSpan.FromSeconds(seconds) * Backoff.Jitter());
            return true;
        }
    }

    /// <summary>The server answers: the next trouble starts small.</summary>
    public void Over()
    {
        lock (_gate) _inARow = 0;
    }
}

internal static class Backoff
{
    /// <summary>When a letter that was not accepted this time is tried again: after one minute, two, four and so on up to four hours, a fifth more or less.</summary>
    public static TimeSpan After(int tries) => TimeSpan.FromMinutes(Math.Min(Math.Pow(2, tries), 240)) * Jitter();

    // So that what failed together does not come back together.
#pragma warning disable CA5394 // Nobody gains by guessing this.
    public static double Jitter() => 0.8 + (Random.Shared.NextDouble() * 0.4);
#pragma warning restore CA5394
}
