using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using Campaigns.Db.Keys;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Packets.Seal;

/// <summary>
/// Signs the container of a packet: a detached CMS signature (CAdES) with the certificate that it
/// binds, and a time-stamp where a server for it is set.
/// </summary>
internal sealed class PacketSeal(
    KeyRing keys,
    IOptions<SealOptions> options,
    TimestampClient timestamps,
    TimeProvider time,
    ILogger<PacketSeal> log
)
{
    private const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";
    private const string SignatureTimestamp = "1.2.840.113549.1.9.16.2.14";

    /// <summary>The signature of this content, which it does not contain.</summary>
    public byte[] Sign(byte[] content, CancellationToken cancellation)
    {
        using var seal = Open();
        var cms = Compute(content, seal, time.UtcNow());
        Stamp(cms.SignerInfos[0], cancellation);
        return cms.Encode();
    }

    /// <summary>The signature without a time-stamp.</summary>
    internal static SignedCms Compute(byte[] content, SealCertificate seal, DateTimeOffset at)
    {
        var cms = new SignedCms(new ContentInfo(content), detached: true);
        var signer = new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, seal.Certificate)
        {
            DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1", "sha256"),
            // The framework would look for the issuers in the network.
            IncludeOption = System.Security.Cryptography.X509Certificates.X509IncludeOption.EndCertOnly,
        };
        signer.Certificates.AddRange(seal.Others);
        signer.SignedAttributes.Add(new Pkcs9SigningTime(at.UtcDateTime));
        signer.SignedAttributes.Add(new AsnEncodedData(SigningCertificateV2, Bind(seal)));
        cms.ComputeSignature(signer, silent: true);
        return cms;
    }

    /// <summary>True if the organisation's own certificate signs.</summary>
    public bool IsOwnCertificate => options.Value.SealCertificate.Length > 0;

    private SealCertificate Open() =>
        IsOwnCertificate
            ? SealCertificate.Open(options.Value.SealCertificate, options.Value.SealPassword)
            : SealCertificate.Of(keys.CurrentSigning);

    // ESSCertIDv2 of RFC 5035; SHA-256 is its default. So the signature cannot be given another certificate.
    private static byte[] Bind(SealCertificate seal)
    {
        var value = new AsnWriter(AsnEncodingRules.DER);
        using (value.PushSequence())
        using (value.PushSequence())
        using (value.PushSequence())
            value.WriteOctetString(SHA256.HashData(seal.Certificate.RawData));
        return value.Encode();
    }

    // A packet without a time-stamp is better than none: its signature holds without it.
    private void Stamp(SignerInfo signature, CancellationToken cancellation)
    {
        if (options.Value.TimestampUrl.Length == 0)
            return;
        var token = timestamps.Request(new Uri(options.Value.TimestampUrl), signature, cancellation);
        if (token is null)
            log.TimestampFailed();
        else
            signature.AddUnsignedAttribute(new AsnEncodedData(SignatureTimestamp, token.AsSignedCms().Encode()));
    }
}
