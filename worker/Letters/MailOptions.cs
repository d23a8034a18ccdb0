using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Campaigns.Db;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Letters;

/// <summary>The section <c>Mail</c>: by which way letters leave the house.</summary>
public sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary><c>folder</c> or <c>smtp</c>. Empty means <c>folder</c> in Development and refuses the start elsewhere: letters nobody receives must be a choice.</summary>
    public string Transport { get; set; } = "";

    /// <summary>The sender, such as <c>Campaign &lt;petitions@example.org&gt;</c>.</summary>
    public string From { get; set; } = "Campaign <petitions@localhost>";

    public string Host { get; set; } = "";
    public int Port { get; set; } = 587;

    /// <summary><c>starttls</c>, <c>tls</c> (from the first byte) or <c>none</c>.</summary>
    public string Security { get; set; } = MailSecurity.StartTls;

    /// <summary>Empty means that the server asks nobody to sign in.</summary>
    public string User { get; set; } = "";
    public string Password { get; set; } = "";

    /// <summary>A PEM file of certificates to trust instead of the machine's roots, for a private authority; empty for the machine's.</summary>
    public string TrustedCertificate { get; set; } = "";

    /// <summary>The sender's mailbox. Throws when <see cref="From"/> was not validated.</summary>
    internal Mailbox Sender => Mailbox.Parse(From) ?? throw new InvalidOperationException("Mail:From is not an address.");
}

public static class MailTransport
{
    public const string Folder = "folder";
    public const string Smtp = "smtp";
}

public static class MailSecurity
{
    public const string None = "none";
    public const string StartTls = "starttls";
    public const string Tls = "tls";
}

/// <summary>Says at the start, in a line an operator can act on, what would otherwise be found by the first signer who gets no letter.</summary>
internal sealed class MailOptionsRules(IHostEnvironment environment, InstallationRoot root) : IPostConfigureOptions<MailOptions>, IValidateOptions<MailOptions>
{
    public void PostConfigure(string? name, MailOptions options)
    {
        if (options.Transport.Length == 0 && environment.IsDevelopment()) options.Transport = MailTransport.Folder;
        if (options.TrustedCertificate.Length > 0) options.TrustedCertificate = root.Resolve(options.TrustedCertificate);
    }

    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        if (options.Transport.Length == 0)
        {
            return ValidateOptionsResult.Fail("Mail:Transport is not set. Say smtp (with Mail:Host, Mail:Port, Mail:Security), or folder to write letters as files instead of sending them.");
        }
        if (options.Transport is not (MailTransport.Folder or MailTransport.Smtp)) return ValidateOptionsResult.Fail("Mail:Transport must be folder or smtp.");
        if (Mailbox.Parse(options.From) is not { } from) return ValidateOptionsResult.Fail("Mail:From must be one address, such as Campaign <petitions@example.org>.");
        if (from.NeedsUtf8) return ValidateOptionsResult.Fail("Mail:From must have only ASCII letters before the @, or not every server could take our letters.");
        return options.Transport == MailTransport.Smtp ? ValidateSmtp(options) : ValidateOptionsResult.Success;
    }

    private static ValidateOptionsResult ValidateSmtp(MailOptions options)
    {
        if (options.Host.Length == 0) return ValidateOptionsResult.Fail("Mail:Host is not set, and Mail:Transport is smtp.");
        if (options.Port is < 1 or > 65535) return ValidateOptionsResult.Fail("Mail:Port must be 1 to 65535.");
        if (options.Security is not (MailSecurity.None or MailSecurity.StartTls or MailSecurity.Tls)) return ValidateOptionsResult.Fail("Mail:Security must be none, starttls or tls.");
        if (options.User.Length > 0 && options.Security == MailSecurity.None && !IsLoopback(options.Host)) return ValidateOptionsResult.Fail("Mail:User and Mail:Password would cross the network in clear: Mail:Security must be starttls or tls.");
        if (options.TrustedCertificate.Length > 0 && !HoldsCertificates(options.TrustedCertificate)) return ValidateOptionsResult.Fail("Mail:TrustedCertificate must name a PEM file with at least one certificate.");
        return ValidateOptionsResult.Success;
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool HoldsCertificates(string file)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(file);
            return certificates.Count > 0;
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
