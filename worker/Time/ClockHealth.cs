namespace Campaigns.Worker.Time;

/// <summary>Reports the machine's clock while it is not trusted.</summary>
internal sealed class ClockHealth(JumpResistantClock clock) : IHealthProblem
{
    public string Name => "clock";

    public string? Problem => clock.Problem;
}
