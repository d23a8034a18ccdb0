
namespace Campaigns.Worker.Packets.Build;

internal enum BuildOutcome
{
    /// <summary>The packet is built, being built, or gone.</summary>
    NotWaiting,
    Ready,

    /// <summary>The lease expired, and another worker builds the packet.</summary>
    LeaseLost,

    /// <summary>
    /// A signer was removed or lowered their disclosure during the build. The packet is queued
    /// again.
    /// </summary>
    StartOver,

    /// <summary>The build failed. The packet is queued again.</summary>
    TryAgain,

    /// <summary>The build failed for the last time, and the packet's row says so.</summary>
    Failed,
}
