namespace Campaigns.Tests.Domain;

public sealed class JumpResistantClockTests
{
    private static readonly TimeSpan _year = TimeSpan.FromDays(365);

    private readonly Machine _machine = new();

    [Fact]
    public void Time_passes_and_small_corrections_are_followed()
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
    public void A_jump_is_not_followed_and_is_over_once_the_clock_is_right_again(int direction)
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
    public void A_new_time_that_stands_for_a_day_is_believed_and_another_jump_begins_the_day_anew()
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
    public void A_start_far_ahead_of_what_was_known_is_served_but_not_sure_for_a_day_or_until_it_is_put_right()
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
    public void A_machine_that_wakes_up_in_the_past_goes_on_from_what_was_known_until_it_has_its_clock()
    {
        var known = _machine.GetUtcNow();
        _machine.Set(-_year * 6);
        var clock = new JumpResistantClock(_machine);
        clock.StartFrom(known);
        _machine.Pass(TimeSpan.FromMinutes(5));
        Assert.Equal(known + TimeSpan.FromMinutes(5), clock.GetUtcNow());
        Assert.False(clock.IsTrusted);

        // It was off for two hours, and now it has asked the network.
        _machine.Set((_year * 6) + TimeSpan.FromHours(2));
        Assert.Equal(known + TimeSpan.FromMinutes(125), clock.GetUtcNow());
        Assert.True(clock.IsTrusted);
    }

    [Fact]
    public void A_usual_start_is_sure_at_once()
    {
        var known = _machine.GetUtcNow();
        _machine.Set(TimeSpan.FromDays(20));
        var clock = new JumpResistantClock(_machine);
        clock.StartFrom(known);
        Assert.True(clock.IsTrusted);
        Assert.Equal(_machine.GetUtcNow(), clock.GetUtcNow());
    }

    [Fact]
    public void Ids_go_on_from_the_greatest_there_is_however_far_the_clock_went_back()
    {
        var ids = new Ids(0, _machine);
        var newest = Enumerable.Range(0, 5000).Select(_ => ids.Next()).Last();
        _machine.Set(-_year);
        var again = new Ids(0, _machine, newest);
        var more = Enumerable.Range(0, 5000).Select(_ => again.Next()).ToList();
        Assert.True(more[0] > newest);
        Assert.Equal(more.Distinct().Order(), more);
    }

    /// <summary>Time passes by both clocks; setting moves what is shown alone.</summary>
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
