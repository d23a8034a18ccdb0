using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>
/// The letters in the languages of <see cref="Locales"/>; the sentences are in
/// <c>LetterTexts.*.resx</c>.
/// </summary>
// The only class in this file, because the compiler names the resources after the first class it finds.
public sealed class LetterTexts(IStringLocalizer<LetterTexts> sentences)
{
    /// <summary>
    /// Asks a signer to confirm. Only this letter goes to a mailbox that is not yet proven to be
    /// the signer's.
    /// </summary>
    public LetterText Confirm(string locale, LetterFacts facts, string confirmToken, string notMeToken) =>
        In(locale, () =>
            new(
                locale,
                Say("confirm.subject"),
                [
                    new Heading(Say("confirm.heading")),
                    new Paragraph(Say("confirm.signed", facts.Organisation)),
                    new Quotation(facts.Title, facts.TitleLocale),
                    new Paragraph(Say("confirm.ask")),
                    new Button(Say("confirm.button"), $"{facts.PublicUrl}/confirm/{confirmToken}"),
                    new Paragraph(Say("confirm.lasts")),
                    new FallbackLink(
                        Say("confirm.not-me"),
                        Say("confirm.not-me-link"),
                        $"{facts.PublicUrl}/not-me/{notMeToken}"
                    ),
                    new Note(Say("confirm.why", facts.Organisation)),
                ]
            )
        );

    /// <summary>
    /// The thank-you after confirming; sent again when the signer requests the link.
    /// </summary>
    public LetterText Manage(string locale, LetterFacts facts, string manageToken) =>
        In(locale, () =>
            new(
                locale,
                Say("manage.subject"),
                [
                    new Heading(Say("manage.heading")),
                    new Paragraph(Say("manage.signed", facts.Organisation)),
                    new Quotation(facts.Title, facts.TitleLocale),
                    new Paragraph(Say("manage.can")),
                    new BulletList([
                        Say("manage.see"),
                        Say("manage.choose"),
                        Say("manage.receipt"),
                        Say("manage.leave"),
                    ]),
                    new Button(Say("manage.button"), $"{facts.PublicUrl}/my/{manageToken}"),
                    new Paragraph(Say("manage.keep")),
                    new Note(Say("manage.why", facts.Organisation)),
                ]
            )
        );

    /// <summary>For a signer who signs again: the signature stands, and here is the link.</summary>
    public LetterText AlreadySigned(string locale, LetterFacts facts, string manageToken) =>
        In(locale, () =>
            new(
                locale,
                Say("already.subject"),
                [
                    new Heading(Say("already.heading")),
                    new Paragraph(Say("already.signed", facts.Organisation)),
                    new Quotation(facts.Title, facts.TitleLocale),
                    new Paragraph(Say("already.stands")),
                    new Button(Say("manage.button"), $"{facts.PublicUrl}/my/{manageToken}"),
                    new Paragraph(Say("manage.keep")),
                    new Note(Say("already.why", facts.Organisation)),
                ]
            )
        );

    private string Say(string key, params object[] arguments)
    {
        var sentence = sentences[key, arguments];
        return sentence.ResourceNotFound
            ? throw new InvalidOperationException($"There is no sentence {key}.")
            : sentence.Value;
    }

    // Localizers use the culture of the thread, and a worker's thread has no culture of its own.
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
