using Campaigns.Crypto;

namespace Campaigns.Packets;

/// <summary>
/// The content of a packet and the files to check it against. Keys and ledger come from the
/// campaign's site, never from the packet, because a forged packet can contain forged keys.
/// </summary>
public sealed record PacketEvidence
{
    /// <summary>Null when the ZIP has none.</summary>
    public required byte[]? Manifest { get; init; }

    /// <summary>Null when the ZIP has none.</summary>
    public required string? ManifestJws { get; init; }

    /// <summary>
    /// Every entry of the ZIP except the manifest, its signature and the parts of the container, as
    /// found in the ZIP.
    /// </summary>
    public required IReadOnlyList<PacketFile> Files { get; init; }

    /// <summary>The container around these files.</summary>
    public required ContainerEvidence Container { get; init; }

    /// <summary>Null when no key file was given.</summary>
    public required JwkSet? Keys { get; init; }

    /// <summary>
    /// The lines of the campaign's published ledger from the first. They are read once, up to the
    /// cut-off. Null when none were given.
    /// </summary>
    public required IEnumerable<string>? Ledger { get; init; }
}
