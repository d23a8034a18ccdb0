namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The machine's clock, moved by as much as a test says. Timers stay real, so the worker goes on
/// ticking.
/// </summary>
public sealed class TestClock : TimeProvider
{
    private long _offset;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _offset));

    /// <summary>
    /// To the beginning of the next hour, so that the hour and the day stay the same for as long as
    /// any test takes.
    /// </summary>
    public void MoveToNextHour() =>
        Move(TimeSpan.FromHours(1) - TimeSpan.FromTicks(GetUtcNow().Ticks % TimeSpan.TicksPerHour));

    public void Move(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);
}
