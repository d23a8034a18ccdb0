namespace Campaigns.Worker.Mail.Compose;

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
