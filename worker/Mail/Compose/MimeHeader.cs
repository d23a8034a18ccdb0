using System.Globalization;
using System.Text;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>
/// Header values by RFC 5322 and RFC 2047: folded, in ASCII, and never able to begin another
/// field.
/// </summary>
internal static class MimeHeader
{
    private const int EncodedWordBytes = 42;

    /// <summary>
    /// Unstructured text such as a subject. Anything but plain ASCII becomes encoded words of at
    /// most 75 characters, one a line.
    /// </summary>
    public static string Text(string text)
    {
        if (IsPlain(text))
            return text;
        var words = new List<string>();
        var chunk = new List<byte>(EncodedWordBytes);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            // A line break in a header would begin another header.
            var length = (Rune.IsControl(rune) ? new Rune(' ') : rune).EncodeToUtf8(bytes);
            if (chunk.Count + length > EncodedWordBytes)
                Flush();
            chunk.AddRange(bytes[..length]);
        }
        if (chunk.Count > 0)
            Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. chunk])}?=");
            chunk.Clear();
        }
    }

    /// <summary>A mailbox: the name quoted or encoded, the address in angle brackets.</summary>
    public static string Mailbox(Mailbox mailbox)
    {
        var address = HeaderAddress(mailbox);
        if (mailbox.Name.Length == 0)
            return $"<{address}>";
        var name = IsPlain(mailbox.Name) ? $"\"{Escape(mailbox.Name)}\"" : Text(mailbox.Name);
        return $"{name}\r\n <{address}>";
    }

    private static string Escape(string name) =>
        name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    // As typed where a header allows it: in ASCII, or when the letter is sent with SMTPUTF8 anyway.
    private static string HeaderAddress(Mailbox mailbox) =>
        mailbox.NeedsUtf8 || Ascii.IsValid(mailbox.Typed) ? mailbox.Typed : mailbox.Address;

    public static string Date(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("ddd, dd MMM yyyy HH':'mm':'ss '+0000'", CultureInfo.InvariantCulture);

    // Mail programs decode text that looks like an encoded word, even in quotes.
    private static bool IsPlain(string text) =>
        text.Length <= 64
        && text.All(letter => letter is >= ' ' and <= '~')
        && !text.Contains("=?", StringComparison.Ordinal);
}
