using System.Globalization;
using Microsoft.Extensions.Localization;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>
/// The letters to members of staff in the languages of <see cref="Locales"/>; the sentences are in
/// <c>MemberLetterTexts.*.resx</c>.
/// </summary>
// The only class in this file, because the compiler names the resources after the first class it finds.
public sealed class MemberLetterTexts(IStringLocalizer<MemberLetterTexts> sentences)
{
    /// <summary>Asks the owner of an address to confirm it.</summary>
    public LetterText Confirm(string locale, string publicUrl, string token) =>
        LetterLanguage.In(locale, () =>
            new(
                locale,
                Say("confirm.subject"),
                [
                    new Heading(Say("confirm.heading")),
                    new Paragraph(Say("confirm.asked", HostOf(publicUrl))),
                    new Paragraph(Say("confirm.ask")),
                    new Button(Say("confirm.button"), $"{publicUrl}/staff/confirm-address/{token}"),
                    new Paragraph(Say("confirm.lasts")),
                    new Note(Say("confirm.why")),
                ]
            )
        );

    /// <summary>Brings the link of an invitation.</summary>
    public LetterText Invitation(string locale, string publicUrl, string token) =>
        LetterLanguage.In(locale, () =>
            new(
                locale,
                Say("invitation.subject"),
                [
                    new Heading(Say("invitation.heading")),
                    new Paragraph(Say("invitation.done", HostOf(publicUrl))),
                    new Button(Say("invitation.button"), $"{publicUrl}/staff/join/{token}"),
                    new Paragraph(Say("invitation.lasts")),
                    new Note(Say("invitation.why")),
                ]
            )
        );

    /// <summary>Tells the earlier address that another one replaced it.</summary>
    public LetterText Changed(string locale, string publicUrl) => News("changed", locale, publicUrl);

    /// <summary>Tells a member of a link that replaces the sign-in.</summary>
    public LetterText Reset(string locale, string publicUrl) => News("reset", locale, publicUrl);

    /// <summary>
    /// Reminds of an answer. The letter names no recipient and no campaign: the screen does.
    /// </summary>
    public LetterText Answer(string locale, string kind, string screen, DateOnly due) =>
        LetterLanguage.In(locale, () =>
            new(
                locale,
                Say($"{kind}.subject"),
                [
                    new Heading(Say($"{kind}.heading")),
                    new Paragraph(Say($"{kind}.says", due.ToString("d MMMM yyyy", CultureInfo.GetCultureInfo(locale)))),
                    new Button(Say("answer.button"), screen),
                    new Note(Say("answer.why")),
                ]
            )
        );

    private LetterText News(string kind, string locale, string publicUrl) =>
        LetterLanguage.In(locale, () =>
            new(
                locale,
                Say($"{kind}.subject"),
                [
                    new Heading(Say($"{kind}.heading")),
                    new Paragraph(Say($"{kind}.done", HostOf(publicUrl))),
                    new Paragraph(Say($"{kind}.why")),
                ]
            )
        );

    private static string HostOf(string publicUrl) => new Uri(publicUrl).Host;

    private string Say(string key, params object[] arguments) => LetterLanguage.Say(sentences, key, arguments);
}
