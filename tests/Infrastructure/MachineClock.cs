using Microsoft.Extensions.Time.Testing;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// Does two things that <see cref="FakeTimeProvider"/> cannot. It jumps: the date changes and the
/// timestamps do not, as when a machine's clock is set. And it may run: a server's streams,
/// job loops and job board wait for real timers, while a test advances the time past deadlines.
/// Everything else uses <see cref="FakeTimeProvider"/> itself.
/// </summary>
public sealed class MachineClock : FakeTimeProvider
{
    private readonly long? _startedAt;
    private long _jumped;

    /// <summary>A clock that stands until a test advances it.</summary>
    public MachineClock()
        : base(CampaignFixture.Start) { }

    private MachineClock(DateTimeOffset now, long startedAt)
        : base(now) => _startedAt = startedAt;

    /// <summary>The clock of this machine, with its timers, plus what a test adds.</summary>
    public static MachineClock Running() => new(System.GetUtcNow(), System.GetTimestamp());

    public override DateTimeOffset GetUtcNow() =>
        (_startedAt is null ? base.GetUtcNow() : System.GetUtcNow() + Advanced)
        + TimeSpan.FromTicks(Volatile.Read(ref _jumped));

    public override long GetTimestamp() =>
        (_startedAt is { } startedAt ? System.GetElapsedTime(startedAt) + Advanced : Advanced).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _startedAt is null
            ? base.CreateTimer(callback, state, dueTime, period)
            : System.CreateTimer(callback, state, dueTime, period);

    /// <summary>Changes the date only, also backwards.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _jumped, by.Ticks);

    /// <summary>
    /// Advances to the start of the next hour, so that the hour and the day do not change during a
    /// test.
    /// </summary>
    public void AdvanceToNextHour() =>
        Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(GetUtcNow().Ticks % TimeSpan.TicksPerHour));

    private TimeSpan Advanced => base.GetUtcNow() - Start;
}
