namespace Campaigns.Packets;

/// <summary>Signatures that a packet shows less of than was asked for, with the reason.</summary>
public sealed record LimitedSignatures(string Reason, long Count);
