using System.Globalization;
using Campaigns.Timeline;
using Microsoft.Extensions.Localization;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>
/// The letter with an update in the languages of <see cref="Locales"/>; the sentences are in
/// <c>UpdateLetterTexts.*.resx</c>.
/// </summary>
// The only class in this file, because the compiler names the resources after the first class it finds.
public sealed class UpdateLetterTexts(IStringLocalizer<UpdateLetterTexts> sentences)
{
    /// <param name="locale">The language of the subscriber.</param>
    /// <param name="facts">What the letter is about.</param>
    /// <param name="unsubscribeToken">The token of the link that unsubscribes.</param>
    public LetterText Update(string locale, UpdateFacts facts, string unsubscribeToken)
    {
        var language = Locales.Nearest(locale);
        var text = facts.Update.Text(locale, facts.FirstLocale);
        return LetterLanguage.In(language, () =>
            new(
                language,
                facts.ShowsTitle ? text.Title : Say("subject"),
                [
                    .. Beginning(facts, text),
                    new Prose(text.Text, text.Locale),
                    .. Figures(facts.Update, language),
                    .. Sources(facts.Update, language),
                    .. facts.Update.Origin is { } origin
                        ? [new Paragraph(Say("origin", origin.Publisher))]
                        : (LetterBlock[])[],
                    new FallbackLink(Say("page"), Say("page.link"), facts.Page),
                    new FallbackLink(
                        Say("why", facts.Organisation),
                        Say("unsubscribe"),
                        $"{facts.PublicUrl}/unsubscribe/{unsubscribeToken}"
                    ),
                    .. facts.IsTest ? [new Note(Say("test"))] : (LetterBlock[])[],
                ]
            )
        );
    }

    // Programs and phones show the first words of a letter to bystanders. So a sensitive campaign's title comes later.
    private IEnumerable<LetterBlock> Beginning(UpdateFacts facts, UpdateText text) =>
        facts.Sensitive
            ?
            [
                new Heading(Say("subject")),
                new Paragraph(Say("sensitive", facts.Organisation)),
                new Subheading(text.Title),
            ]
            : [new Heading(text.Title)];

    private IEnumerable<LetterBlock> Figures(UpdateDraft update, string language)
    {
        if (update.Figures.Count == 0)
            yield break;
        yield return new Subheading(Say("figures"));
        yield return new BulletList([.. update.Figures.Select(figure => Describe(figure, language))]);
    }

    private IEnumerable<LetterBlock> Sources(UpdateDraft update, string language)
    {
        if (update.Sources.Count == 0)
            yield break;
        yield return new Subheading(Say("sources"));
        yield return new LinkList([
            .. update.Sources.Select(source => new ListedLink(
                $"{source.Title} ({source.Publisher}, {Day(source.PublishedOn, language)})",
                source.Url
            )),
        ]);
    }

    private string Describe(Figure figure, string language)
    {
        var number = figure.Value.ToString("#,##0.######", CultureInfo.GetCultureInfo(language));
        return Say("figure", figure.Label, number, figure.Unit, Day(figure.AsOf, language));
    }

    private static string Day(DateOnly day, string language) =>
        day.ToString("d MMMM yyyy", CultureInfo.GetCultureInfo(language));

    private string Say(string key, params object[] arguments) => LetterLanguage.Say(sentences, key, arguments);
}
