
namespace Campaigns.Worker.Mail;

/// <summary>SASL mechanisms, in lower case.</summary>
public static class MailAuthentication
{
    public const string Plain = "plain";
    public const string Login = "login";
    public const string ScramSha1 = "scram-sha-1";
    public const string ScramSha256 = "scram-sha-256";
    public const string XOAuth2 = "xoauth2";
}
