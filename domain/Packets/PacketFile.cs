namespace Campaigns.Packets;

/// <summary>A file of the packet: its size in bytes and its SHA-256 in lower-case hex.</summary>
public sealed record PacketFile(string Name, long Bytes, string Sha256);
