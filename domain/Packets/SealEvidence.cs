namespace Campaigns.Packets;

/// <summary>The signature of a container.</summary>
/// <param name="Holds">True if it signs the list in the container, with the certificate in
/// it.</param>
/// <param name="Kid">The thumbprint of its key as in a key file; null for another kind of
/// key.</param>
/// <param name="Fingerprint">The SHA-256 of the certificate in lower-case hex.</param>
/// <param name="IsTrusted">True if the certificate, or one that issued it, was given.</param>
/// <param name="Stamp">The time-stamp; null without one.</param>
public sealed record SealEvidence(bool Holds, string? Kid, string Fingerprint, bool IsTrusted, StampEvidence? Stamp);
