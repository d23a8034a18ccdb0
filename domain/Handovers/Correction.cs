namespace Campaigns.Handovers;

/// <summary>A correction of an attempt or answer, and why it is made.</summary>
public sealed record Correction<T>(T Draft, string Reason);
