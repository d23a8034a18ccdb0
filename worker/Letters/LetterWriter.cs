using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Letters;

/// <summary>Turns a due letter into one that can leave.</summary>
public sealed class LetterWriter(LetterTexts texts, PublicAddress address, IOptions<MailOptions> options, TimeProvider time)
{
    private readonly Mailbox _sender = options.Value.Sender;

    /// <summary>Null when the address is none that mail can be sent to.</summary>
    public MimeLetter? Write(DueLetter letter) => letter.Email is { } email && Mailbox.FromAddress(email) is { } to
        ? MimeLetter.Compose(letter.Id, _sender, to, Text(letter), time.UtcNow())
        : null;

    private LetterText Text(DueLetter letter)
    {
        var locale = Locales.Nearest(letter.Locale);
        var facts = new LetterFacts(letter.Organisation, letter.Title, letter.TitleLocale, address.Url);
        return letter.Kind switch
        {
            LetterKind.Confirm => texts.Confirm(locale, facts, letter.ConfirmToken, letter.NotMeToken),
            LetterKind.Manage => texts.Manage(locale, facts, letter.ManageToken),
            LetterKind.AlreadySigned => texts.AlreadySigned(locale, facts, letter.ManageToken),
            _ => throw new InvalidOperationException($"No letter is of kind {letter.Kind}."),
        };
    }
}
