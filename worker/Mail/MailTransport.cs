
namespace Campaigns.Worker.Mail;

public static class MailTransport
{
    public const string Folder = "folder";
    public const string Smtp = "smtp";
}
