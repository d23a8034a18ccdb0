
namespace Campaigns.Worker.Time;

/// <summary>The state of the job between runs; one instance for the process.</summary>
public sealed class ClockMonitor
{
    internal bool Doubted { get; set; }

    internal DateTimeOffset? SavedAt { get; set; }
}
