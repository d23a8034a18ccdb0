using System.Security.Cryptography;
using Campaigns.Db;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Packets.Seal;

/// <summary>
/// Refuses the start with a message that an operator can act on, before the first packet is built.
/// </summary>
internal sealed class SealOptionsRules(InstallationRoot root)
    : IPostConfigureOptions<SealOptions>,
        IValidateOptions<SealOptions>
{
    public void PostConfigure(string? name, SealOptions options)
    {
        if (options.SealCertificate.Length > 0)
            options.SealCertificate = root.Resolve(options.SealCertificate);
    }

    public ValidateOptionsResult Validate(string? name, SealOptions options) =>
        Problem(options) is { } problem ? ValidateOptionsResult.Fail(problem) : ValidateOptionsResult.Success;

    private static string? Problem(SealOptions options)
    {
        if (
            options.TimestampUrl.Length > 0
            && !(Uri.TryCreate(options.TimestampUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        )
            return "Packets:TimestampUrl must be an address that begins with http or https.";
        if (options.SealCertificate.Length == 0)
            return null;
        try
        {
            using var certificate = SealCertificate.Open(options.SealCertificate, options.SealPassword);
            return null;
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return "Packets:SealCertificate must be a PKCS#12 file with a certificate and its RSA or ECDSA key, which "
                + "Packets:SealPassword opens.";
        }
    }
}
