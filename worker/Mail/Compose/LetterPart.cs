using System.Text;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>
/// A token and its placeholder, which neither part of a letter breaks or escapes.
/// </summary>
public readonly record struct LinkToken(ReadOnlyMemory<byte> Placeholder, string Token);

/// <summary>
/// One part of a letter as UTF-8 with LF line ends. Rendered once for many letters.
/// </summary>
public sealed class LetterPart(string text)
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"));

    /// <summary>
    /// Writes the part with tokens in place of placeholders to <paramref name="into"/>.
    /// </summary>
    internal ReadOnlySpan<byte> WithLinks(LetterBuffer into, ReadOnlySpan<LinkToken> links)
    {
        if (links.IsEmpty)
            return _text;
        into.Clear();
        var rest = _text.AsSpan();
        while (true)
        {
            var (at, next) = (rest.Length, default(LinkToken));
            foreach (var link in links)
            {
                var found = rest.IndexOf(link.Placeholder.Span);
                if (found >= 0 && found < at)
                    (at, next) = (found, link);
            }
            into.Append(rest[..at]);
            if (at == rest.Length)
                return into.Written;
            into.Append(next.Token);
            rest = rest[(at + next.Placeholder.Length)..];
        }
    }
}
