namespace Campaigns.Handovers;

/// <summary>A packet that a hand-over is to carry.</summary>
/// <param name="Countries">Its countries.</param>
/// <param name="IsOfRecipient">True if it is of the campaign and recipient of the
/// hand-over.</param>
public sealed record CarriedPacket(IReadOnlyList<string> Countries, bool IsOfRecipient);
