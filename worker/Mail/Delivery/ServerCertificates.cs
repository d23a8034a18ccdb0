using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Campaigns.Worker.Mail.Delivery;

/// <summary>
/// Accepts a certificate for <c>Mail:Host</c> under the machine's roots or under the configured
/// file.
/// </summary>
internal static class ServerCertificates
{
    public static SslClientAuthenticationOptions ClientOptions(MailOptions options) =>
        new()
        {
            TargetHost = options.Host,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy =
                options.TrustedCertificate.Length > 0 ? PrivateRoots(options.TrustedCertificate) : null,
        };

    private static X509ChainPolicy PrivateRoots(string file)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    }
}
