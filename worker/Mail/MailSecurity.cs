
namespace Campaigns.Worker.Mail;

public static class MailSecurity
{
    public const string None = "none";
    public const string StartTls = "starttls";
    public const string Tls = "tls";
}
