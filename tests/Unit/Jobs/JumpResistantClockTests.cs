namespace Campaigns.Tests.Unit.Jobs;

public sealed class JumpResistantClockTests
{
    private static readonly TimeSpan _year = TimeSpan.FromDays(365);

    private readonly Machine _machine = new();

    [Fact]
    public void Clock_follows_elapsed_time_and_small_corrections()
    {
        var clock = new JumpResistantClock(_machine);
        _machine.Pass(TimeSpan.FromDays(400));
        Assert.Equal(_machine.GetUtcNow(), clock.GetUtcNow());
        _machine.Set(TimeSpan.FromSeconds(-40));
        Assert.Equal(_machine.GetUtcNow(), clock.GetUtcNow());
        Assert.True(clock.IsTrusted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void Clock_ignores_a_jump_and_recovers_once_the_machine_is_right(int direction)
    {
        var clock = new JumpResistantClock(_machine);
        var right = _machine.GetUtcNow();
        _machine.Set(_year * direction);
        Assert.Equal(right, clock.GetUtcNow());
        _machine.Pass(TimeSpan.FromHours(3));
        Assert.Equal(right + TimeSpan.FromHours(3), clock.GetUtcNow());
        Assert.False(clock.IsTrusted);
        Assert.Contains("365 days", clock.Problem, StringComparison.Ordinal);

        _machine.Set(-_year * direction);
        Assert.Equal(right + TimeSpan.FromHours(3), clock.GetUtcNow());
        Assert.True(clock.IsTrusted);
        Assert.Null(clock.Problem);
    }

    [Fact]
    public void Clock_accepts_a_new_time_after_a_day_and_another_jump_restarts_the_day()
    {
        var clock = new JumpResistantClock(_machine);
        var right = clock.GetUtcNow();
        _machine.Set(_year);
        Assert.Equal(right, clock.GetUtcNow());
        _machine.Pass(TimeSpan.FromHours(20));
        _machine.Set(TimeSpan.FromDays(2));
        Assert.False(clock.IsTrusted);
        _machine.Pass(TimeSpan.FromHours(20));
        Assert.Equal(right + TimeSpan.FromHours(40), clock.GetUtcNow());
        _machine.Pass(TimeSpan.FromHours(4));
        Assert.Equal(_machine.GetUtcNow(), clock.GetUtcNow());
        Assert.True(clock.IsTrusted);
    }

    [Fact]
    public void Clock_far_ahead_at_start_is_untrusted_for_a_day_or_until_corrected()
    {
        var known = _machine.GetUtcNow();
        _machine.Set(_year);
        var clock = new JumpResistantClock(_machine);
        clock.StartFrom(known);
        Assert.Equal(_machine.GetUtcNow(), clock.GetUtcNow());
        Assert.False(clock.IsTrusted);
        Assert.Contains("365 days", clock.Problem, StringComparison.Ordinal);
        _machine.Set(-_year);
        Assert.Equal(known, clock.GetUtcNow());
        Assert.True(clock.IsTrusted);

        _machine.Set(_year);
        var patient = new JumpResistantClock(_machine);
        patient.StartFrom(known);
        _machine.Pass(JumpResistantClock.TrustAfter);
        Assert.True(patient.IsTrusted);
    }

    [Fact]
    public void Clock_behind_at_start_continues_from_last_known_time_until_corrected()
    {
        var known = _machine.GetUtcNow();
        _machine.Set(-_year * 6);
        var clock = new JumpResistantClock(_machine);
        clock.StartFrom(known);
        _machine.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal(known + TimeSpan.FromMinutes(5), clock.GetUtcNow());
        Assert.False(clock.IsTrusted);

        // The machine was off for two hours and now has the network time.
        _machine.Set((_year * 6) + TimeSpan.FromHours(2));
        Assert.Equal(known + TimeSpan.FromMinutes(125), clock.GetUtcNow());
        Assert.True(clock.IsTrusted);
    }

    [Fact]
    public void Clock_is_trusted_at_once_after_a_normal_start()
    {
        var known = _machine.GetUtcNow();
        _machine.Set(TimeSpan.FromDays(20));
        var clock = new JumpResistantClock(_machine);
        clock.StartFrom(known);
        Assert.True(clock.IsTrusted);
        Assert.Equal(_machine.GetUtcNow(), clock.GetUtcNow());
    }

    [Fact]
    public void Ids_continue_from_the_greatest_one_when_the_clock_goes_back()
    {
        var ids = new Ids(0, _machine);
        var newest = Enumerable.Range(0, 5000).Select(_ => ids.Next()).Last();
        _machine.Set(-_year);
        var again = new Ids(0, _machine, newest);
        var more = Enumerable.Range(0, 5000).Select(_ => again.Next()).ToList();
        Assert.True(more[0] > newest);
        Assert.Equal(more.Distinct().Order(), more);
    }

    /// <summary>Both clocks advance with time; setting changes the wall clock only.</summary>
    private sealed class Machine : TimeProvider
    {
        private DateTimeOffset _shown = new(2026, 5, 17, 9, 0, 0, TimeSpan.Zero);
        private long _passed = 1000;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _shown;

        public override long GetTimestamp() => _passed;

        public void Set(TimeSpan by) => _shown += by;

        public void Pass(TimeSpan time)
        {
            _shown += time;
            _passed += time.Ticks;
        }
    }
}
