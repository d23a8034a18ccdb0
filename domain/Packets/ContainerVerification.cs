using Campaigns.Crypto;

namespace Campaigns.Packets;

/// <summary>The check of the container around a packet.</summary>
internal static class ContainerVerification
{
    private const string Subject = "container";

    public static PacketCheck Check(PacketEvidence evidence)
    {
        var container = evidence.Container;
        if (container.MimeType != AsicContainer.MimeType)
            return False($"The packet has no {AsicContainer.MimeTypeName} of an ASiC-E container.");
        if (container.Manifest is null || AsicManifest.Parse(container.Manifest) is not { } listed)
            return False($"The packet has no valid {AsicContainer.ManifestName}.");
        var found = evidence.Files.Concat(container.Manifests).ToList();
        if (listed.Count != found.Count || found.Any(file => listed.GetValueOrDefault(file.Name) != file.Sha256))
            return False($"{AsicContainer.ManifestName} does not list the files of this packet.");
        if (container.Seal is not { } seal)
            return False($"The packet has no {AsicContainer.SignatureName}.");
        if (!seal.Holds)
            return False($"{AsicContainer.SignatureName} does not sign the list of files.");
        if (seal.Stamp is { Holds: false })
            return False("The time-stamp is not of this signature.");
        var stamp = seal.Stamp is null ? "without a time-stamp" : $"time-stamped {Instant.Text(seal.Stamp.At)}";
        return IsKnown(seal, evidence.Keys)
            ? new(Subject, CheckResult.True, $"The signature of the container holds and is by a known key, {stamp}.")
            : new(
                Subject,
                CheckResult.Unchecked,
                $"The signature of the container holds, {stamp}; whose certificate it is was not checked "
                    + $"(SHA-256 {seal.Fingerprint}). Give it with --certificate."
            );
    }

    private static bool IsKnown(SealEvidence seal, JwkSet? keys) =>
        seal.IsTrusted || (seal.Kid is not null && keys?.Find(seal.Kid) is not null);

    private static PacketCheck False(string sentence) => new(Subject, CheckResult.False, sentence);
}
