using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Campaigns.Crypto;
using Campaigns.Db;
using Campaigns.Db.Files;
using Campaigns.Worker.Mail.Compose;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Mail;

/// <summary>
/// Refuses the start with a message that an operator can act on, before the first signer waits for
/// a letter.
/// </summary>
internal sealed class MailOptionsRules(IHostEnvironment environment, InstallationRoot root)
    : IPostConfigureOptions<MailOptions>,
        IValidateOptions<MailOptions>
{
    public void PostConfigure(string? name, MailOptions options)
    {
        if (options.Transport.Length == 0 && environment.IsDevelopment())
            options.Transport = MailTransport.Folder;
        if (options.TrustedCertificate.Length > 0)
            options.TrustedCertificate = root.Resolve(options.TrustedCertificate);
        if (options.TokenFile.Length > 0)
            options.TokenFile = root.Resolve(options.TokenFile);
        if (options.Hooks.SnsCertificate.Length > 0)
            options.Hooks.SnsCertificate = root.Resolve(options.Hooks.SnsCertificate);
    }

    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        var problem = Problem(options) ?? (options.Transport == MailTransport.Smtp ? SmtpProblem(options) : null);
        return problem is null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problem);
    }

    private static string? Problem(MailOptions options)
    {
        if (options.Transport.Length == 0)
            return "Mail:Transport is not set. Set it to smtp (with Mail:Host, Mail:Port, Mail:Security), "
                + "or to folder to write letters as files instead of sending them.";
        if (options.Transport is not (MailTransport.Folder or MailTransport.Smtp))
            return "Mail:Transport must be folder or smtp.";
        if (Mailbox.Parse(options.From) is not { } from)
            return "Mail:From must be one address, such as Campaign <petitions@example.org>.";
        if (from.NeedsUtf8)
            return "Mail:From must have only ASCII letters before the @, because not every server accepts others.";
        if (options.BounceAddress.Length > 0 && !CanHaveTag(options.BounceAddress))
            return "Mail:BounceAddress must be an address such as bounces@example.org, with at most "
                + $"{LongestBounceLocal} ASCII letters before the @.";
        return options.Hooks.SnsCertificate.Length > 0 && !HoldsCertificates(options.Hooks.SnsCertificate)
            ? "Mail:Hooks:SnsCertificate must name a PEM file with a certificate."
            : null;
    }

    // RFC 5321, 4.5.3.1.1: 64 octets, with a plus and the tag.
    private const int LongestBounceLocal = 64 - 1 - LetterTag.TextLength;

    private static bool CanHaveTag(string address) =>
        Mailbox.FromAddress(address) is { NeedsUtf8: false } mailbox && mailbox.Local.Length <= LongestBounceLocal;

    private static string? SmtpProblem(MailOptions options)
    {
        if (options.Host.Length == 0)
            return "Mail:Host is not set, and Mail:Transport is smtp.";
        if (options.Port is < 1 or > 65535)
            return "Mail:Port must be 1 to 65535.";
        if (options.Security is not (MailSecurity.None or MailSecurity.StartTls or MailSecurity.Tls))
            return "Mail:Security must be none, starttls or tls.";
        if (options.User.Length > 0 && options.Security == MailSecurity.None && !IsLoopback(options.Host))
            return "Mail:User and Mail:Password would cross the network in clear: "
                + "Mail:Security must be starttls or tls.";
        if (AuthenticationProblem(options) is { } problem)
            return problem;
        return options.TrustedCertificate.Length > 0 && !HoldsCertificates(options.TrustedCertificate)
            ? "Mail:TrustedCertificate must name a PEM file with at least one certificate."
            : null;
    }

    private static string? AuthenticationProblem(MailOptions options)
    {
        if (
            options.Authentication
            is not (
                ""
                or MailAuthentication.Plain
                or MailAuthentication.Login
                or MailAuthentication.ScramSha1
                or MailAuthentication.ScramSha256
                or MailAuthentication.XOAuth2
            )
        )
            return "Mail:Authentication must be plain, login, scram-sha-1, scram-sha-256 or xoauth2, "
                + "or empty for the strongest the server offers.";
        if (options.Authentication.Length > 0 && options.User.Length == 0)
            return "Mail:Authentication is set, and Mail:User is not.";
        if (options.Authentication != MailAuthentication.XOAuth2)
            return options.TokenFile.Length > 0 ? "Mail:TokenFile is for Mail:Authentication xoauth2 only." : null;
        if (!Ascii.IsValid(options.User))
            return "Mail:User must have only ASCII letters for Mail:Authentication xoauth2.";
        return IsPrivateFile(options.TokenFile)
            ? null
            : "Mail:TokenFile must name a file with the access token that only its owner can read (0600).";
    }

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool IsPrivateFile(string file)
    {
        try
        {
            return File.Exists(file) && PrivateFiles.IsPrivate(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool HoldsCertificates(string file)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(file);
            return certificates.Count > 0;
        }
        catch (Exception exception)
            when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
