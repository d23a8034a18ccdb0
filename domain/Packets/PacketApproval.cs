namespace Campaigns.Packets;

/// <summary>The decision of a second member about a packet.</summary>
/// <param name="State">One of <see cref="ApprovalState"/>.</param>
/// <param name="By">The name of the member who decided; null while it waits.</param>
/// <param name="At">When they decided; null while it waits.</param>
/// <param name="Reason">Why they declined; null otherwise.</param>
public sealed record PacketApproval(string State, string? By, DateTimeOffset? At, string? Reason);
