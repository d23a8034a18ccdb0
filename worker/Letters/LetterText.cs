using System.Text;

namespace Campaigns.Worker.Letters;

/// <summary>What a letter says, once; both its parts are made from it.</summary>
/// <param name="Subject">
/// Holds no word of title, organisation or demand: subjects show on locked screens.
/// </param>
public sealed record LetterText(string Locale, string Subject, IReadOnlyList<LetterBlock> Blocks);

/// <summary>A letter in both its forms, from one <see cref="LetterText"/>.</summary>
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
/// A token and its placeholder, which neither form of a letter breaks or escapes.
/// </summary>
public readonly record struct LinkToken(ReadOnlyMemory<byte> Placeholder, string Token);

/// <summary>
/// One form of a letter as UTF-8, its lines ending with LF. Rendered once for many letters.
/// </summary>
public sealed class LetterPart(string text)
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"));

    /// <summary>
    /// The part with tokens in place of placeholders, in <paramref name="into"/>.
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
/// Words of the campaign, set apart; their language may be another than the letter's.
/// </summary>
public sealed record Quotation(string Text, string Locale) : LetterBlock;

public sealed record BulletList(IReadOnlyList<string> Items) : LetterBlock;

/// <summary>The one thing the letter is for.</summary>
public sealed record Button(string Label, string Link) : LetterBlock;

/// <summary>Another way out, less loud than a <see cref="Button"/>.</summary>
public sealed record FallbackLink(string Text, string Label, string Link) : LetterBlock;

/// <summary>Small print.</summary>
public sealed record Note(string Text) : LetterBlock;
