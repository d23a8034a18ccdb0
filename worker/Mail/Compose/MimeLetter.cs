using System.Text;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>
/// A letter ready to send: its envelope and its bytes (RFC 5322, CRLF line ends, every line at most
/// 998 octets).
/// </summary>
public sealed record MimeLetter
{
    public required LetterName Name { get; init; }
    public long Id => Name.Id;
    public required Mailbox From { get; init; }
    public required Mailbox To { get; init; }
    public required ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>
    /// The address that gets reports of the letter (RFC 5321, 3.6.3); null for the sender.
    /// </summary>
    public string? ReturnPath { get; init; }

    /// <summary>The sender in the envelope.</summary>
    public string EnvelopeSender => ReturnPath ?? From.Address;

    /// <summary>
    /// Composes a letter from a text and an HTML part. The same letter always has the same
    /// Message-ID, so that mailboxes can drop a second copy sent after an unknown outcome.
    /// </summary>
    /// <param name="links">The tokens to put in place of their placeholders in the body.</param>
    public static MimeLetter Compose(
        LetterName name,
        Mailbox from,
        Mailbox to,
        LetterBody letter,
        DateTimeOffset now,
        params ReadOnlySpan<LinkToken> links
    ) => Compose(name, from, to, letter, now, null, links);

    /// <summary>The same with the headers of a list.</summary>
    /// <param name="list">For a letter to subscribers, the list that they can leave.</param>
    public static MimeLetter Compose(
        LetterName name,
        Mailbox from,
        Mailbox to,
        LetterBody letter,
        DateTimeOffset now,
        MailingList? list,
        params ReadOnlySpan<LinkToken> links
    )
    {
        using var content = new LetterBuffer();
        using var text = new LetterBuffer();
        content
            .Append("From: "u8)
            .Append(MimeHeader.Mailbox(from))
            .Append("\r\nTo: "u8)
            .Append(MimeHeader.Mailbox(to))
            .Append("\r\nSubject: "u8)
            .Append(MimeHeader.Text(letter.Subject))
            .Append("\r\nDate: "u8)
            .Append(MimeHeader.Date(now))
            .Append("\r\nMessage-ID: <"u8)
            .Append(name.Public)
            .Append("@"u8)
            .Append(from.Domain)
            // RFC 3834: mailboxes send no holiday reply to automatic mail.
            .Append(">\r\nAuto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All"u8);
        list?.AppendTo(content, from.Domain);
        content
            .Append("\r\nContent-Language: "u8)
            .Append(letter.Locale)
            .Append("\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary=\"=_"u8)
            .Append(name.Public)
            .Append("\"\r\n\r\n"u8);
        AppendPart(content, name.Public, "text/plain"u8, letter.Plain.WithLinks(text, links));
        AppendPart(content, name.Public, "text/html"u8, letter.Html.WithLinks(text, links));
        content.Append("--=_"u8).Append(name.Public).Append("--\r\n"u8);
        return new MimeLetter
        {
            Name = name,
            From = from,
            To = to,
            Content = content.Written.ToArray(),
        };
    }

    private static void AppendPart(
        LetterBuffer content,
        string boundary,
        ReadOnlySpan<byte> type,
        ReadOnlySpan<byte> body
    )
    {
        var sevenBit = IsSevenBit(body);
        content
            .Append("--=_"u8)
            .Append(boundary)
            .Append("\r\nContent-Type: "u8)
            .Append(type)
            .Append("; charset=utf-8\r\nContent-Transfer-Encoding: "u8)
            .Append(sevenBit ? "7bit"u8 : "quoted-printable"u8)
            .Append("\r\n\r\n"u8);
        foreach (var range in body.Split((byte)'\n'))
        {
            if (range.Start.Value > 0)
                content.Append("\r\n"u8);
            if (sevenBit)
                content.Append(body[range]);
            else
                QuotedPrintable.EncodeLine(content, body[range]);
        }
        content.Append("\r\n"u8);
    }

    // Seven-bit text is sent unencoded, so that links stay in one piece; RFC 5322 allows 998 octets a line.
    private static bool IsSevenBit(ReadOnlySpan<byte> body)
    {
        if (!Ascii.IsValid(body))
            return false;
        foreach (var range in body.Split((byte)'\n'))
        {
            if (body[range] is { Length: > 900 } or [.., (byte)' '])
                return false;
        }
        return true;
    }
}
