using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Campaigns.Worker.Letters;

/// <summary>The letters in the languages of <see cref="Locales"/>; the sentences are in <c>LetterTexts.*.resx</c>.</summary>
public sealed class LetterTexts(IStringLocalizer<LetterTexts> sentences)
{
    /// <summary>Asks a signer to confirm; the only letter that goes to a mailbox nobody has yet proven to be theirs.</summary>
    public LetterText Confirm(string locale, LetterFacts facts, string confirmToken, string notMeToken) => In(locale, () => new(
        locale,
        sentences["confirm.subject"],
        [
            new Heading(sentences["confirm.heading"]),
            new Paragraph(sentences["confirm.signed", facts.Organisation]),
            new Quotation(facts.Title, facts.TitleLocale),
            new Paragraph(sentences["confirm.ask"]),
            new Button(sentences["confirm.button"], $"{facts.PublicUrl}/confirm/{confirmToken}"),
            new Paragraph(sentences["confirm.lasts"]),
            new Aside(sentences["confirm.not-me"], sentences["confirm.not-me-link"], $"{facts.PublicUrl}/not-me/{notMeToken}"),
            new Note(sentences["confirm.why", facts.Organisation]),
        ]));

    /// <summary>The thank-you after confirming, and again whenever somebody asks for their link.</summary>
    public LetterText Manage(string locale, LetterFacts facts, string manageToken) => In(locale, () => new(
        locale,
        sentences["manage.subject"],
        [
            new Heading(sentences["manage.heading"]),
            new Paragraph(sentences["manage.signed", facts.Organisation]),
            new Quotation(facts.Title, facts.TitleLocale),
            new Paragraph(sentences["manage.can"]),
            new Points([sentences["manage.see"], sentences["manage.choose"], sentences["manage.receipt"], sentences["manage.leave"]]),
            new Button(sentences["manage.button"], $"{facts.PublicUrl}/my/{manageToken}"),
            new Paragraph(sentences["manage.keep"]),
            new Note(sentences["manage.why", facts.Organisation]),
        ]));

    /// <summary>For someone who signs again: all is well, and here is the link.</summary>
    public LetterText AlreadySigned(string locale, LetterFacts facts, string manageToken) => In(locale, () => new(
        locale,
        sentences["already.subject"],
        [
            new Heading(sentences["already.heading"]),
            new Paragraph(sentences["already.signed", facts.Organisation]),
            new Quotation(facts.Title, facts.TitleLocale),
            new Paragraph(sentences["already.stands"]),
            new Button(sentences["manage.button"], $"{facts.PublicUrl}/my/{manageToken}"),
            new Paragraph(sentences["manage.keep"]),
            new Note(sentences["already.why", facts.Organisation]),
        ]));

    // Localizers speak the language of the thread; a worker's thread has none of its own.
    private static LetterText In(string locale, Func<LetterText> write)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(locale);
        try
        {
            return write();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }
}
