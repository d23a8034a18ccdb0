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

/// <summary>The signature of a container.</summary>
/// <param name="Holds">True if it signs the list in the container, with the certificate in
/// it.</param>
/// <param name="Kid">The thumbprint of its key as in a key file; null for another kind of
/// key.</param>
/// <param name="Fingerprint">The SHA-256 of the certificate in lower-case hex.</param>
/// <param name="IsTrusted">True if the certificate, or one that issued it, was given.</param>
/// <param name="Stamp">The time-stamp; null without one.</param>
public sealed record SealEvidence(bool Holds, string? Kid, string Fingerprint, bool IsTrusted, StampEvidence? Stamp);

/// <summary>A time-stamp of the signature (RFC 3161).</summary>
/// <param name="Holds">True if it stamps this signature.</param>
/// <param name="At">The time it states.</param>
public sealed record StampEvidence(bool Holds, DateTimeOffset At);
