namespace Campaigns.Tests;

/// <summary>A clock that moves when told to.</summary>
internal sealed class StillClock : TimeProvider
{
    private DateTimeOffset _now = new(2019, 5, 17, 9, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
