using System.Net;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace Campaigns.Worker.Mail.Delivery;

/// <summary>
/// Signs in by the configured mechanism, or by the strongest one the server offers.
/// </summary>
internal static class SmtpAuthentication
{
    private static readonly string[] _strongestFirst =
    [
        MailAuthentication.ScramSha256,
        MailAuthentication.ScramSha1,
        MailAuthentication.Plain,
        MailAuthentication.Login,
    ];

    /// <summary>Throws <see cref="SmtpException"/> when the server refuses the sign-in.</summary>
    public static async Task SignInAsync(SmtpClient client, MailOptions options, CancellationToken cancellationToken)
    {
        string[] allowed = options.Authentication.Length > 0 ? [options.Authentication] : _strongestFirst;
        var chosen = allowed.FirstOrDefault(name => client.AuthenticationMechanisms.Contains(name.ToUpperInvariant()))
            ?? throw new SmtpException("no-sign-in");
        var secret =
            chosen == MailAuthentication.XOAuth2
                ? await AccessTokenFile.ReadAsync(options.TokenFile, cancellationToken)
                : options.Password;
        var mechanism = Create(chosen, new NetworkCredential(options.User, secret));
        try
        {
            await client.AuthenticateAsync(mechanism, cancellationToken);
        }
        // A malformed challenge counts as a refusal too.
        catch (Exception error)
            when (error is AuthenticationException or SaslException or FormatException or ArgumentException)
        {
            throw new SmtpException(SmtpException.SignInRefused);
        }
        // SCRAM also authenticates the server, but MailKit accepts a server that omits its proof.
        if (!mechanism.IsAuthenticated)
            throw new SmtpException(SmtpException.SignInRefused);
    }

    private static SaslMechanism Create(string name, NetworkCredential credentials) =>
        name switch
        {
            MailAuthentication.ScramSha256 => new SaslMechanismScramSha256(credentials),
            MailAuthentication.ScramSha1 => new SaslMechanismScramSha1(credentials),
            MailAuthentication.XOAuth2 => new SaslMechanismOAuth2(credentials),
            MailAuthentication.Login => new SaslMechanismLogin(credentials),
            _ => new SaslMechanismPlain(credentials),
        };
}
