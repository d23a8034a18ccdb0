using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Campaigns.Db.Keys;

namespace Campaigns.Worker.Packets.Seal;

/// <summary>
/// A certificate with its key, and the certificates between it and its root.
/// </summary>
internal sealed class SealCertificate : IDisposable
{
    // RFC 5280: no end that is well defined.
    private static readonly DateTimeOffset _noEnd = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private SealCertificate(X509Certificate2 certificate, X509Certificate2Collection others) =>
        (Certificate, Others) = (certificate, others);

    public X509Certificate2 Certificate { get; }

    public X509Certificate2Collection Others { get; }

    /// <summary>
    /// Reads the organisation's own. Throws <see cref="CryptographicException"/> when the file has
    /// no certificate with a key, or another password.
    /// </summary>
    public static SealCertificate Open(string path, string password)
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, password);
        var own = all.FirstOrDefault(one => one.HasPrivateKey && HasUsableKey(one))
            ?? throw new CryptographicException("The file has no certificate with a key.");
        var others = new X509Certificate2Collection();
        foreach (var other in all)
            if (other != own && other.Subject != other.Issuer)
                others.Add(other);
        return new(own, others);
    }

    /// <summary>
    /// The certificate of a signing key, which the same key always gives: nothing more is stored,
    /// copied or rotated than the key, and the published keys prove whose it is.
    /// </summary>
    public static SealCertificate Of(SigningKey signing)
    {
        using var key = signing.Open();
        var request = new CertificateRequest(
            new X500DistinguishedName($"CN=Campaign {signing.Kid}"),
            key,
            HashAlgorithmName.SHA256
        );
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(
                X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation,
                critical: true
            )
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var serial = SHA256.HashData(key.ExportSubjectPublicKeyInfo())[..16];
        // A serial number is positive.
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        using var bare = request.Create(
            request.SubjectName,
            new RepeatableEcdsa(key),
            signing.CreatedAt,
            _noEnd,
            serial
        );
        return new(bare.CopyWithPrivateKey(key), []);
    }

    public void Dispose()
    {
        Certificate.Dispose();
        foreach (var other in Others)
            other.Dispose();
    }

    private static bool HasUsableKey(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPrivateKey();
        using var ecdsa = certificate.GetECDsaPrivateKey();
        return rsa is not null || ecdsa is not null;
    }
}
