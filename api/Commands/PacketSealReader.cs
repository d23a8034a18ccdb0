using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Campaigns.Crypto;
using Campaigns.Packets;

namespace Campaigns.Api.Commands;

/// <summary>Reads the untrusted signature of a container.</summary>
internal static class PacketSealReader
{
    private const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";
    private const string SignatureTimestamp = "1.2.840.113549.1.9.16.2.14";

    private static readonly SealEvidence _broken = new(Holds: false, null, "", IsTrusted: false, null);

    /// <param name="signature">CMS, detached.</param>
    /// <param name="content">What it should sign.</param>
    /// <param name="trusted">The certificate that is trusted; null without one.</param>
    public static SealEvidence Read(byte[] signature, byte[] content, X509Certificate2? trusted)
    {
        try
        {
            var cms = new SignedCms(new ContentInfo(content), detached: true);
            cms.Decode(signature);
            if (cms.SignerInfos is not [var signer] || signer.Certificate is not { } certificate)
                return _broken;
            signer.CheckSignature(verifySignatureOnly: true);
            return new(
                IsBound(signer, certificate),
                KidOf(certificate),
                Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)),
                trusted is not null && IsTrusted(certificate, cms.Certificates, trusted),
                StampOf(signer)
            );
        }
        catch (Exception error) when (error is CryptographicException or AsnContentException)
        {
            return _broken;
        }
    }

    // The signature says which certificate it was made with; another with the same key does not do.
    private static bool IsBound(SignerInfo signer, X509Certificate2 certificate)
    {
        if (AttributeOf(signer.SignedAttributes, SigningCertificateV2) is not { } value)
            return false;
        var first = new AsnReader(value, AsnEncodingRules.DER).ReadSequence().ReadSequence().ReadSequence();
        return first.PeekTag().HasSameClassAndValue(Asn1Tag.PrimitiveOctetString)
            && first.ReadOctetString().AsSpan().SequenceEqual(SHA256.HashData(certificate.RawData));
    }

    private static StampEvidence? StampOf(SignerInfo signer)
    {
        if (AttributeOf(signer.UnsignedAttributes, SignatureTimestamp) is not { } value)
            return null;
        if (!Rfc3161TimestampToken.TryDecode(value, out var token, out _))
            return new(Holds: false, default);
        return new(token.VerifySignatureForSignerInfo(signer, out _), token.TokenInfo.Timestamp);
    }

    private static byte[]? AttributeOf(CryptographicAttributeObjectCollection attributes, string oid)
    {
        foreach (var attribute in attributes)
            if (attribute.Oid.Value == oid && attribute.Values.Count == 1)
                return attribute.Values[0].RawData;
        return null;
    }

    private static bool IsTrusted(
        X509Certificate2 certificate,
        X509Certificate2Collection others,
        X509Certificate2 trusted
    )
    {
        if (certificate.RawData.AsSpan().SequenceEqual(trusted.RawData))
            return true;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(trusted);
        chain.ChainPolicy.ExtraStore.AddRange(others);
        // Without network: whether the issuer has revoked it is for the reader to ask.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        // A packet is read long after it was signed.
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }

    private static string? KidOf(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPublicKey();
        return key is { KeySize: 256 }
            ? JwkSet.Thumbprint(key.ExportParameters(includePrivateParameters: false))
            : null;
    }
}
