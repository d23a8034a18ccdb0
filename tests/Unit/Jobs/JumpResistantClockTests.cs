using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Unit.Jobs;

public sealed class JumpResistantClockTests
{
    private static readonly TimeSpan _year = TimeSpan.FromDays(365);

    private readonly MachineClock _machine = new();

    [Fact]
    public void Clock_follows_elapsed_time_and_small_corrections()
    {
        var clock = new JumpResistantClock(_machine);
        _machine.Advance(TimeSpan.FromDays(400));
        Assert.Equal(_machine.GetUtcNow(), clock.GetUtcNow());
        _machine.Jump(TimeSpan.FromSeconds(-40));
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
        _machine.Jump(_year * direction);
        Assert.Equal(right, clock.GetUtcNow());
        _machine.Advance(TimeSpan.FromHours(3));
        Assert.Equal(right + TimeSpan.FromHours(3), clock.GetUtcNow());
        Assert.False(clock.IsTrusted);
        Assert.Contains("365 days", clock.Problem, StringComparison.Ordinal);

        _machine.Jump(-_year * direction);
        Assert.Equal(right + TimeSpan.FromHours(3), clock.GetUtcNow());
        Assert.True(clock.IsTrusted);
        Assert.Null(clock.Problem);
    }

    [Fact]
    public void Clock_accepts_a_new_time_after_a_day_and_another_jump_restarts_the_day()
    {
        var clock = new JumpResistantClock(_machine);
        var right = clock.GetUtcNow();
        _machine.Jump(_year);
        Assert.Equal(right, clock.GetUtcNow());
        _machine.Advance(TimeSpan.FromHours(20));
        _machine.Jump(TimeSpan.FromDays(2));
        Assert.False(clock.IsTrusted);
        _machine.Advance(TimeSpan.FromHours(20));
        Assert.Equal(right + TimeSpan.FromHours(40), clock.GetUtcNow());
        _machine.Advance(TimeSpan.FromHours(4));
        Assert.Equal(_machine.GetUtcNow(), clock.GetUtcNow());
        Assert.True(clock.IsTrusted);
    }

    [Fact]
    public void Clock_far_ahead_at_start_is_untrusted_for_a_day_or_until_corrected()
    {
        var known = _machine.GetUtcNow();
        _machine.Jump(_year);
        var clock = new JumpResistantClock(_machine);
        clock.StartFrom(known);
        Assert.Equal(_machine.GetUtcNow(), clock.GetUtcNow());
        Assert.False(clock.IsTrusted);
        Assert.Contains("365 days", clock.Problem, StringComparison.Ordinal);
        _machine.Jump(-_year);
        Assert.Equal(known, clock.GetUtcNow());
        Assert.True(clock.IsTrusted);

        _machine.Jump(_year);
        var patient = new JumpResistantClock(_machine);
        patient.StartFrom(known);
        _machine.Advance(JumpResistantClock.TrustAfter);
        Assert.True(patient.IsTrusted);
    }

    [Fact]
    public void Clock_behind_at_start_continues_from_last_known_time_until_corrected()
    {
        var known = _machine.GetUtcNow();
        _machine.Jump(-_year * 6);
        var clock = new JumpResistantClock(_machine);
        clock.StartFrom(known);
        _machine.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(known + TimeSpan.FromMinutes(5), clock.GetUtcNow());
        Assert.False(clock.IsTrusted);

        // The machine was off for two hours and now has the network time.
        _machine.Jump((_year * 6) + TimeSpan.FromHours(2));
        Assert.Equal(known + TimeSpan.FromMinutes(125), clock.GetUtcNow());
        Assert.True(clock.IsTrusted);
    }

    [Fact]
    public void Clock_is_trusted_at_once_after_a_normal_start()
    {
        var known = _machine.GetUtcNow();
        _machine.Jump(TimeSpan.FromDays(20));
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
        _machine.Jump(-_year);
        var again = new Ids(0, _machine, newest);
        var more = Enumerable.Range(0, 5000).Select(_ => again.Next()).ToList();
        Assert.True(more[0] > newest);
        Assert.Equal(more.Distinct().Order(), more);
    }
}
