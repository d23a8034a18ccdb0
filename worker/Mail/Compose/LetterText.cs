using System.Text;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>The content of a letter, from which both its parts are rendered.</summary>
/// <param name="Subject">
/// Contains no word of title, organisation or demand, because locked screens show subjects.
/// </param>
public sealed record LetterText(string Locale, string Subject, IReadOnlyList<LetterBlock> Blocks);

/// <summary>Both parts of a letter, rendered from one <see cref="LetterText"/>.</summary>
public sealed record LetterBody(string Locale, string Subject, LetterPart Plain, LetterPart Html)
{
    public static LetterBody Render(LetterText letter) =>
        new(
            letter.Locale,
            letter.Subject,
            new LetterPart(PlainLetter.Render(letter)),
            new LetterPart(HtmlLetter.Render(letter))
        );
}

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

public abstract record LetterBlock;

public sealed record Heading(string Text) : LetterBlock;

public sealed record Paragraph(string Text) : LetterBlock;

/// <summary>
/// A quoted text of the campaign; its language may differ from the letter's.
/// </summary>
public sealed record Quotation(string Text, string Locale) : LetterBlock;

public sealed record BulletList(IReadOnlyList<string> Items) : LetterBlock;

/// <summary>The main action of the letter.</summary>
public sealed record Button(string Label, string Link) : LetterBlock;

/// <summary>A secondary link, less prominent than a <see cref="Button"/>.</summary>
public sealed record FallbackLink(string Text, string Label, string Link) : LetterBlock;

/// <summary>Small print.</summary>
public sealed record Note(string Text) : LetterBlock;
