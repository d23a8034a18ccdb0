namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A clock that changes only when a test changes it. It does not start in 2019, because ids count
/// from 2020.
/// </summary>
internal sealed class StillClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 5, 17, 9, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
