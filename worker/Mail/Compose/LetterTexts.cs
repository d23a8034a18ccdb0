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
                    .. Signed("confirm", facts),
                    new Paragraph(Say("confirm.ask")),
                    new Button(Say("confirm.button"), $"{facts.PublicUrl}/confirm/{confirmToken}"),
                    new Paragraph(Say("confirm.lasts")),
                    .. Replaces("confirm", facts),
                    new FallbackLink(
                        Say("confirm.not-me"),
                        Say("confirm.not-me-link"),
                        $"{facts.PublicUrl}/not-me/{notMeToken}"
                    ),
                    .. LateTitle(facts),
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
                    .. Signed("manage", facts),
                    new Paragraph(Say("manage.can")),
                    new BulletList([
                        Say("manage.see"),
                        Say("manage.choose"),
                        Say("manage.receipt"),
                        Say("manage.leave"),
                    ]),
                    new Button(Say("manage.button"), $"{facts.PublicUrl}/my/{manageToken}"),
                    new Paragraph(Say("manage.keep")),
                    .. Replaces("manage", facts),
                    .. LateTitle(facts),
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
                    .. Signed("already", facts),
                    new Paragraph(Say("already.stands")),
                    new Paragraph(Say("already.others")),
                    new Button(Say("manage.button"), $"{facts.PublicUrl}/my/{manageToken}"),
                    new Paragraph(Say("manage.keep")),
                    .. LateTitle(facts),
                    new Note(Say("already.why", facts.Organisation)),
                ]
            )
        );

    /// <summary>
    /// Asks the owner of an address whether they want updates. The mailbox is not yet proven to be
    /// theirs.
    /// </summary>
    public LetterText Subscription(string locale, LetterFacts facts, string subscribeToken) =>
        In(locale, () =>
            new(
                locale,
                Say("subscription.subject"),
                [
                    new Heading(Say("subscription.heading")),
                    .. About("subscription.asked", facts),
                    new Paragraph(Say("subscription.ask")),
                    new Button(Say("subscription.button"), $"{facts.PublicUrl}/subscribe/{subscribeToken}"),
                    new Paragraph(Say("subscription.stop")),
                    new Paragraph(Say("subscription.nothing")),
                    .. Replaces("subscription", facts),
                    .. LateTitle(facts),
                    new Note(Say("subscription.why", facts.Organisation)),
                ]
            )
        );

    // Programs and phones show the first words of a letter to bystanders. So a sensitive campaign's title comes last.
    private LetterBlock[] Signed(string kind, LetterFacts facts) => About($"{kind}.signed", facts);

    private LetterBlock[] About(string key, LetterFacts facts) =>
        facts.Sensitive
            ? [new Paragraph(Say($"{key}.sensitive", facts.Organisation))]
            : [new Paragraph(Say(key, facts.Organisation)), Title(facts)];

    private LetterBlock[] LateTitle(LetterFacts facts) =>
        facts.Sensitive ? [new Paragraph(Say("sensitive.title")), Title(facts)] : [];

    private Paragraph[] Replaces(string kind, LetterFacts facts) =>
        facts.Replaces ? [new Paragraph(Say($"{kind}.replaces"))] : [];

    private static Quotation Title(LetterFacts facts) => new(facts.Title, facts.TitleLocale);

    private string Say(string key, params object[] arguments) => LetterLanguage.Say(sentences, key, arguments);

    private static LetterText In(string locale, Func<LetterText> write) => LetterLanguage.In(locale, write);
}
