using System.Text;

namespace Campaigns.Worker.Letters;

/// <summary>A letter ready to leave: its envelope and its bytes (RFC 5322, CRLF line ends, every line at most 998 octets).</summary>
public sealed record MimeLetter
{
    public required long Id { get; init; }
    public required Mailbox From { get; init; }
    public required Mailbox To { get; init; }
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>
    /// Puts a letter together, its text and its HTML part. The same letter has the same Message-ID however
    /// often it is sent, so that mailboxes can drop the second one when the fate of the first was unknown.
    /// </summary>
    public static MimeLetter Compose(long id, Mailbox from, Mailbox to, LetterBody letter, DateTimeOffset now)
    {
        var boundary = $"=_{Ids.Text(id)}";
        var content = new StringBuilder(8192);
        content.Header("From", MimeHeader.Mailbox(from))
            .Header("To", MimeHeader.Mailbox(to))
            .Header("Subject", MimeHeader.Text(letter.Subject))
            .Header("Date", MimeHeader.Date(now))
            .Header("Message-ID", $"<{Ids.Text(id)}@{from.Domain}>")
            // RFC 3834: nobody's holiday reply shall answer us.
            .Header("Auto-Submitted", "auto-generated")
            .Header("X-Auto-Response-Suppress", "All")
            .Header("Content-Language", letter.Locale)
            .Header("MIME-Version", "1.0")
            .Header("Content-Type", $"multipart/alternative;\r\n boundary=\"{boundary}\"")
            .Append("\r\n")
            .Part(boundary, "text/plain", letter.Plain)
            .Part(boundary, "text/html", letter.Html)
            .Append("--").Append(boundary).Append("--\r\n");
        return new MimeLetter { Id = id, From = from, To = to, Content = Encoding.UTF8.GetBytes(content.ToString()) };
    }
}

internal static class MimeText
{
    public static StringBuilder Header(this StringBuilder content, string name, string value) =>
        content.Append(name).Append(": ").Append(value).Append("\r\n");

    public static StringBuilder Part(this StringBuilder content, string boundary, string type, string body)
    {
        content.Append("--").Append(boundary).Append("\r\n").Header("Content-Type", $"{type}; charset=utf-8");
        // Seven-bit text stays readable as it is, links in one piece; RFC 5322 allows 998 octets a line.
        var plain = Ascii.IsValid(body) && body.Split('\n').All(line => line.Length <= 900 && !line.EndsWith(' '));
        return content
            .Header("Content-Transfer-Encoding", plain ? "7bit" : "quoted-printable")
            .Append("\r\n")
            .Append(plain ? body.ReplaceLineEndings("\r\n") : QuotedPrintable.Encode(body))
            .Append("\r\n");
    }
}
