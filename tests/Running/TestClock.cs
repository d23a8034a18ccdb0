namespace Campaigns.Tests.Running;

/// <summary>The machine's clock, moved by as much as a test says. Timers stay real, so the worker goes on ticking.</summary>
public sealed class TestClock : TimeProvider
{
    private long _offset;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _offset));

    public void Move(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);
}
