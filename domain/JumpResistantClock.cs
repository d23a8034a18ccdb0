namespace Campaigns;

/// <summary>
/// The machine's clock without its jumps (docs/adr/0007). This clock ignores a step of more than a
/// minute against the monotonic timer: it continues from the old time, and <see cref="Problem"/>
/// reports the jump. It accepts the machine's clock when the two agree again or the new time has
/// persisted for a day. A temporary wrong date is therefore never stored, and expires, stalls or
/// erases nothing.
/// </summary>
public sealed class JumpResistantClock(TimeProvider machine) : TimeProvider
{
    /// <summary>
    /// Steps up to this size are accepted at once, because time synchronisation makes them.
    /// </summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long a new time, or a doubtful start, must last before it is accepted.
    /// </summary>
    public static readonly TimeSpan TrustAfter = TimeSpan.FromDays(1);

    /// <summary>
    /// How long an installation may have been off before the clock is doubted at the next start.
    /// </summary>
    public static readonly TimeSpan MaxDowntime = TimeSpan.FromDays(30);

    private readonly Lock _gate = new();
    private DateTimeOffset _anchor = machine.GetUtcNow();
    private long _anchoredAt = machine.GetTimestamp();
    private (TimeSpan Offset, long At)? _jump;
    private (DateTimeOffset Known, long At)? _doubtfulStart;

    /// <summary>
    /// False while the time may be wrong. Irreversible work waits until it is true.
    /// </summary>
    public bool IsTrusted
    {
        get
        {
            lock (_gate)
            {
                Observe();
                return _jump is null && _doubtfulStart is null;
            }
        }
    }

    /// <summary>
    /// A sentence for the operator while the machine's clock is not trusted; otherwise null.
    /// </summary>
    public string? Problem
    {
        get
        {
            lock (_gate)
            {
                var now = Observe();
                if (_jump is { } jump)
                    return $"the machine's clock jumped by {Text(jump.Offset)} and is ignored for a day, "
                        + "or until it is right again";
                return _doubtfulStart is { } start
                    ? $"the machine's clock is {Text(now - start.Known)} ahead of what this database knew: "
                        + "nothing is expired or erased for a day"
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
    /// Sets, at the start, the last trusted time that an earlier process saved. Null if there is
    /// none.
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
            var timestamp = machine.GetTimestamp();
            _doubtfulStart = (last, timestamp);
            // The machine's clock is behind the last known time, so it is wrong: continue from the last known time.
            if (now < last)
                (_anchor, _anchoredAt, _jump) = (last, timestamp, (now - last, timestamp));
        }
    }

    private DateTimeOffset Observe()
    {
        var (machineNow, timestamp) = (machine.GetUtcNow(), machine.GetTimestamp());
        var expected = _anchor + machine.GetElapsedTime(_anchoredAt, timestamp);
        if (_doubtfulStart is { } start)
        {
            var earliest = start.Known + machine.GetElapsedTime(start.At, timestamp) - Tolerance;
            if (machineNow >= earliest && machineNow <= earliest + MaxDowntime)
                return Accept(machineNow, timestamp);
            if (machine.GetElapsedTime(start.At, timestamp) >= TrustAfter)
                _doubtfulStart = null;
        }
        var offset = machineNow - expected;
        if (offset.Duration() <= Tolerance)
        {
            (_anchor, _anchoredAt, _jump) = (machineNow, timestamp, null);
            return machineNow;
        }
        if (_jump is not { } jump || (offset - jump.Offset).Duration() > Tolerance)
            _jump = (offset, timestamp);
        else if (machine.GetElapsedTime(jump.At, timestamp) >= TrustAfter)
            return Accept(machineNow, timestamp);
        return expected;
    }

    private DateTimeOffset Accept(DateTimeOffset machineNow, long timestamp)
    {
        (_anchor, _anchoredAt, _jump, _doubtfulStart) = (machineNow, timestamp, null, null);
        return machineNow;
    }

    private static string Text(TimeSpan by) =>
        by.Duration() >= TimeSpan.FromDays(2)
            ? Plural.Count((long)by.TotalDays, "day")
            : Plural.Count((long)by.TotalMinutes, "minute");
}
