namespace Campaigns.Worker.Letters;

/// <summary>What a letter says, once; both its parts are made from it.</summary>
/// <param name="Subject">Holds no word of title, organisation or demand: subjects show on locked screens.</param>
public sealed record LetterText(string Locale, string Subject, IReadOnlyList<LetterBlock> Blocks);

/// <summary>A letter in both its forms, from one <see cref="LetterText"/>.</summary>
public sealed record LetterBody(string Locale, string Subject, string Plain, string Html)
{
    public static LetterBody Render(LetterText letter) => new(letter.Locale, letter.Subject, PlainLetter.Render(letter), HtmlLetter.Render(letter));

    /// <summary>The same letter with other words in both forms; for links, which neither form breaks or escapes.</summary>
    public LetterBody Replace(string words, string others) => this with
    {
        Plain = Plain.Replace(words, others, StringComparison.Ordinal),
        Html = Html.Replace(words, others, StringComparison.Ordinal),
    };
}

public abstract record LetterBlock;

public sealed record Heading(string Text) : LetterBlock;

public sealed record Paragraph(string Text) : LetterBlock;

/// <summary>Words of the campaign, set apart; their language may be another than the letter's.</summary>
public sealed record Quotation(string Text, string Locale) : LetterBlock;

public sealed record Points(IReadOnlyList<string> Items) : LetterBlock;

/// <summary>The one thing the letter is for.</summary>
public sealed record Button(string Label, string Link) : LetterBlock;

/// <summary>Another way out, less loud than a <see cref="Button"/>.</summary>
public sealed record Aside(string Text, string Label, string Link) : LetterBlock;

/// <summary>Small print.</summary>
public sealed record Note(string Text) : LetterBlock;
