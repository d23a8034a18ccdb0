namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The machine's clock with an offset that a test sets. Timers stay real, so scheduled jobs keep
/// running.
/// </summary>
public sealed class TestClock : TimeProvider
{
    private long _offset;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _offset));

    /// <summary>
    /// Moves to the start of the next hour, so that the hour and the day do not change during a
    /// test.
    /// </summary>
    public void MoveToNextHour() =>
        Move(TimeSpan.FromHours(1) - TimeSpan.FromTicks(GetUtcNow().Ticks % TimeSpan.TicksPerHour));

    public void Move(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);
}
