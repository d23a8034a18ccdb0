using System.Text;
using System.Text.RegularExpressions;

namespace Campaigns.Api.Pages.DevMail;

/// <summary>
/// A letter read back from the mail folder. It parses only the format of this product's letters:
/// RFC 5322 and 2045, one text and one HTML part, seven-bit or quoted-printable, subjects in
/// encoded words.
/// </summary>
public sealed partial record DevLetter(string Name, DateTimeOffset WrittenAt, string To, string Subject, string Html)
{
    public static DevLetter Read(FileInfo file)
    {
        var (headers, body) = Split(File.ReadAllText(file.FullName, Encoding.Latin1));
        return new(
            Path.GetFileNameWithoutExtension(file.Name),
            file.LastWriteTimeUtc,
            Words(Header(headers, "To")),
            Words(Header(headers, "Subject")),
            HtmlPart(headers, body)
        );
    }

    private static (string Headers, string Body) Split(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return end < 0 ? (text, "") : (text[..end].Replace("\r\n ", " ", StringComparison.Ordinal), text[(end + 4)..]);
    }

    private static string HtmlPart(string headers, string body)
    {
        var boundary = Boundary().Match(headers).Groups[1].Value;
        foreach (var part in body.Split("--" + boundary).Select(part => Split(part.TrimStart())))
        {
            if (!Header(part.Headers, "Content-Type").StartsWith("text/html", StringComparison.OrdinalIgnoreCase))
                continue;
            var octets =
                Header(part.Headers, "Content-Transfer-Encoding") == "quoted-printable"
                    ? Unquote(part.Body.Replace("=\r\n", "", StringComparison.Ordinal))
                    : part.Body;
            return Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(octets));
        }
        return "";
    }

    private static string Header(string headers, string name) =>
        headers
            .Split("\r\n")
            .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            ?[(name.Length + 1)..].Trim()
        ?? "";

    /// <summary>RFC 2047; white space between two encoded words is not part of the text.</summary>
    private static string Words(string header) =>
        EncodedWord()
            .Replace(Between().Replace(header, "$1"), match =>
                Encoding.UTF8.GetString(
                    match.Groups[1].Value is "B" or "b"
                        ? Convert.FromBase64String(match.Groups[2].Value)
                        : Encoding.Latin1.GetBytes(Unquote(match.Groups[2].Value.Replace('_', ' ')))
                )
            );

    private static string Unquote(string text) =>
        Octet().Replace(text, match => ((char)Convert.ToByte(match.Groups[1].Value, 16)).ToString());

    [GeneratedRegex("boundary=\"([^\"]+)\"")]
    private static partial Regex Boundary();

    [GeneratedRegex(@"(\?=)\s+(?==\?)")]
    private static partial Regex Between();

    [GeneratedRegex(@"=\?utf-8\?([BbQq])\?([^?]*)\?=", RegexOptions.IgnoreCase)]
    private static partial Regex EncodedWord();

    [GeneratedRegex("=([0-9A-Fa-f]{2})")]
    private static partial Regex Octet();
}
