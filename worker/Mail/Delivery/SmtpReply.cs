using System.Globalization;
using MailKit.Net.Smtp;

namespace Campaigns.Worker.Mail.Delivery;

/// <summary>
/// A reply that refused a letter, without the server's text, because servers quote addresses.
/// </summary>
internal readonly record struct SmtpReply(int Code, string Status)
{
    public bool IsPositive => Code is >= 200 and < 300;
    public bool IsPermanent => Code >= 500;

    /// <summary>The server is closing the connection (RFC 5321, 3.8).</summary>
    public bool IsClosing => Code == 421;

    /// <summary>
    /// The reply concerns the letter: it is too large, or the server does not support its address.
    /// </summary>
    public bool ConcernsLetter =>
        Code == 552 || Status.StartsWith("5.6.", StringComparison.Ordinal) || Status is "5.3.4" or "4.3.4";

    public static SmtpReply FromException(SmtpCommandException refusal) =>
        Parse((int)refusal.StatusCode, refusal.Message);

    /// <summary>
    /// Uses the enhanced status if the text begins with one of the reply's class (RFC 2034), else
    /// the code.
    /// </summary>
    public static SmtpReply Parse(int code, string text)
    {
        var word = text.Split([' ', '\n'], 2)[0];
        var parts = word.Split('.');
        var isEnhanced =
            parts.Length == 3
            && parts[0].Length == 1
            && parts[0][0] - '0' == code / 100
            && parts[1..].All(part => part.Length is >= 1 and <= 3 && part.All(char.IsAsciiDigit));
        return new SmtpReply(code, isEnhanced ? word : code.ToString(CultureInfo.InvariantCulture));
    }
}
