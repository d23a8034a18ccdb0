using System.Text;

namespace Campaigns.Worker.Letters.Smtp;

/// <summary>AUTH PLAIN (RFC 4616), else the older LOGIN. A password never crosses an open network: only TLS or this machine itself.</summary>
internal static class SmtpSignIn
{
    public static async Task SignInAsync(
        Func<string, Task<SmtpReply>> ask, IReadOnlyDictionary<string, string> extensions, MailOptions options, bool isProtected)
    {
        if (!isProtected) throw new SmtpBrokenException("sign-in-needs-tls");
        var mechanisms = extensions.GetValueOrDefault("AUTH", "").ToUpperInvariant().Split(' ');
        SmtpReply reply;
        if (mechanisms.Contains("PLAIN"))
        {
            reply = await ask($"AUTH PLAIN {Base64($"\0{options.User}\0{options.Password}")}\r\n");
        }
        else if (mechanisms.Contains("LOGIN"))
        {
            reply = await ask("AUTH LOGIN\r\n");
            if (reply.GoAhead) reply = await ask($"{Base64(options.User)}\r\n");
            if (reply.GoAhead) reply = await ask($"{Base64(options.Password)}\r\n");
        }
        else
        {
            throw new SmtpBrokenException("no-sign-in");
        }
        if (!reply.Positive) throw new SmtpBrokenException("sign-in-refused");
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
