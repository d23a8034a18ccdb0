namespace Campaigns.Packets;

/// <summary>The parts that make the ZIP a container, as found in it.</summary>
public sealed record ContainerEvidence
{
    /// <summary>The entry <c>mimetype</c>; null when the ZIP has none.</summary>
    public required string? MimeType { get; init; }

    /// <summary>The list of signed files; null when the ZIP has none.</summary>
    public required byte[]? Manifest { get; init; }

    /// <summary>The signature of that list; null when the ZIP has none.</summary>
    public required SealEvidence? Seal { get; init; }

    /// <summary>The manifest of the packet and its signature, which the list has too.</summary>
    public required IReadOnlyList<PacketFile> Manifests { get; init; }
}
