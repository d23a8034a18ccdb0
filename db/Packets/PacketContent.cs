namespace Campaigns.Db.Packets;

/// <summary>The ZIP of a packet.</summary>
/// <param name="Stream">Seekable. Reading throws
/// <see cref="System.Security.Cryptography.CryptographicException"/> where bytes were
/// changed.</param>
/// <param name="Build">Identifies the build in 32 characters; another build has another.</param>
public sealed record PacketContent(Stream Stream, string Build);
