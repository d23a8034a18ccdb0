using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Campaigns.Worker.Letters.Smtp;

/// <summary>Whom we believe to be the mail server: a certificate for <c>Mail:Host</c> under the machine's roots, or under the one file that is named.</summary>
internal static class SmtpCertificates
{
    public static SslClientAuthenticationOptions Client(MailOptions options) => new()
    {
        TargetHost = options.Host,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateChainPolicy = options.TrustedCertificate.Length > 0 ? Private(options.TrustedCertificate) : null,
    };

    private static X509ChainPolicy Private(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }
}
