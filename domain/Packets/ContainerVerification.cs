using System.Globalization;
using Campaigns.Crypto;

namespace Campaigns.Packets;

/// <summary>The check of the container around a packet.</summary>
internal static class ContainerVerification
{
    private const string Subject = "container";
    private const string Renderer = "campaign-packet/";

    /// <summary>The first renderer whose packets are containers.</summary>
    private const int FirstRenderer = 6;

    public static PacketCheck Check(PacketEvidence evidence)
    {
        var container = evidence.Container;
        // The renderer is in the signed manifest: a packet that lost its container cannot claim to be older.
        if (container is { MimeType: null, Manifest: null, Seal: null } && IsOlder(evidence.Manifest))
            return new(
                Subject,
                CheckResult.Unchecked,
                "The packet is from before packets were containers; its manifest is what is signed."
            );
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

    private static bool IsOlder(byte[]? manifest) =>
        manifest is not null
        && Manifest.Parse(manifest)?.Renderer is { } renderer
        && renderer.StartsWith(Renderer, StringComparison.Ordinal)
        && int.TryParse(
            renderer[Renderer.Length..].Split(' ')[0],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
        && number < FirstRenderer;

    private static bool IsKnown(SealEvidence seal, JwkSet? keys) =>
        seal.IsTrusted || (seal.Kid is not null && keys?.Find(seal.Kid) is not null);

    private static PacketCheck False(string sentence) => new(Subject, CheckResult.False, sentence);
}
