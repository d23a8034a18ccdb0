namespace Campaigns;

/// <summary>
/// The machine's clock without its jumps (docs/adr/0007). A step of more than a minute against the
/// time that really passed is not followed: time goes on from what was, and <see cref="Problem"/>
/// says so, until the machine's clock agrees again or has stood by its word for a day. What is
/// stored therefore never carries a date that was wrong for a moment, and nothing expires, stalls
/// or is erased by one.
/// </summary>
public sealed class JumpResistantClock(TimeProvider machine) : TimeProvider, IHealthProblem
{
    /// <summary>Steps up to this are followed at once: that is how clocks are kept right.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a new time has to stand, or a doubtful start has to last, until it is believed.
    /// </summary>
    public static readonly TimeSpan TrustAfter = TimeSpan.FromDays(1);

    /// <summary>
    /// How long an installation may have been switched off before its clock is doubted at the
    /// start.
    /// </summary>
    public static readonly TimeSpan MaxDowntime = TimeSpan.FromDays(30);

    private readonly Lock _gate = new();
    private DateTimeOffset _anchor = machine.GetUtcNow();
    private long _anchoredAt = machine.GetTimestamp();
    private (TimeSpan By, long At)? _jump;
    private (DateTimeOffset Known, long At)? _start;

    public string Name => "clock";

    /// <summary>
    /// False while the time may be wrong: then nothing is done that cannot be undone.
    /// </summary>
    public bool IsTrusted
    {
        get
        {
            lock (_gate)
            {
                Observe();
                return _jump is null && _start is null;
            }
        }
    }

    public string? Problem
    {
        get
        {
            lock (_gate)
            {
                var now = Observe();
                if (_jump is { } jump)
                    return $"the machine's clock jumped by {Text(jump.By)} and is not followed for a day, or until it is right again";
                return _start is { } start
                    ? $"the machine's clock is {Text(now - start.Known)} ahead of what this database knew: nothing is expired or erased for a day"
                    : null;
            }
        }
    }

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
            return Observe();
    }

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>
    /// Tells at the start what time a former process was last sure of; null where there was none.
    /// </summary>
    public void StartFrom(DateTimeOffset? known)
    {
        if (known is not { } last)
            return;
        lock (_gate)
        {
            var now = Observe();
            if (now >= last - Tolerance && now <= last + MaxDowntime)
                return;
            var stamp = machine.GetTimestamp();
            _start = (last, stamp);
            // Time does not run backwards: a machine that woke up in the past has lost its clock.
            if (now < last)
                (_anchor, _anchoredAt, _jump) = (last, stamp, (now - last, stamp));
        }
    }

    private DateTimeOffset Observe()
    {
        var (shown, stamp) = (machine.GetUtcNow(), machine.GetTimestamp());
        var ours = _anchor + machine.GetElapsedTime(_anchoredAt, stamp);
        if (_start is { } start)
        {
            var least = start.Known + machine.GetElapsedTime(start.At, stamp) - Tolerance;
            if (shown >= least && shown <= least + MaxDowntime)
                return Accept(shown, stamp);
            if (machine.GetElapsedTime(start.At, stamp) >= TrustAfter)
                _start = null;
        }
        var by = shown - ours;
        if (by.Duration() <= Tolerance)
        {
            (_anchor, _anchoredAt, _jump) = (shown, stamp, null);
            return shown;
        }
        if (_jump is not { } jump || (by - jump.By).Duration() > Tolerance)
            _jump = (by, stamp);
        else if (machine.GetElapsedTime(jump.At, stamp) >= TrustAfter)
            return Accept(shown, stamp);
        return ours;
    }

    private DateTimeOffset Accept(DateTimeOffset shown, long stamp)
    {
        (_anchor, _anchoredAt, _jump, _start) = (shown, stamp, null, null);
        return shown;
    }

    private static string Text(TimeSpan by) =>
        by.Duration() >= TimeSpan.FromDays(2) ? $"{(long)by.TotalDays} days" : $"{(long)by.TotalMinutes} minutes";
}
