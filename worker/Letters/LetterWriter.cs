using System.Collections.Concurrent;
using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Letters;

/// <summary>Turns a due letter into one that can leave.</summary>
public sealed class LetterWriter(LetterTexts texts, PublicAddress address, IOptions<MailOptions> options, TimeProvider time)
{
    // Stand where the links' tokens will. In the base64url alphabet, so that nothing on the way to the body changes them.
    private const string Token = "__the-token-that-opens-what-this-letter-is-about__";
    private const string NotMeToken = "__the-token-that-says-this-was-not-me__";

    // The letters of a campaign differ in nothing but their tokens, so a text is made once a kind and language, not once a signer.
    private readonly ConcurrentDictionary<(string Kind, string Locale, LetterFacts Facts), LetterBody> _bodies = new();
    private readonly Mailbox _sender = options.Value.Sender;

    /// <summary>Null when the address is none that mail can be sent to.</summary>
    public MimeLetter? Write(DueLetter letter) => letter.Email is { } email && Mailbox.FromAddress(email) is { } to
        ? MimeLetter.Compose(letter.Id, _sender, to, Body(letter), time.UtcNow())
        : null;

    private LetterBody Body(DueLetter letter)
    {
        var facts = new LetterFacts(letter.Organisation, letter.Title, letter.TitleLocale, address.Url);
        var body = _bodies.GetOrAdd((letter.Kind, Locales.Nearest(letter.Locale), facts), key => LetterBody.Render(Text(key.Kind, key.Locale, key.Facts)));
        return letter.Kind == LetterKind.Confirm
            ? body.Replace(Token, letter.ConfirmToken).Replace(NotMeToken, letter.NotMeToken)
            : body.Replace(Token, letter.ManageToken);
    }

    private LetterText Text(string kind, string locale, LetterFacts facts) => kind switch
    {
        LetterKind.Confirm => texts.Confirm(locale, facts, Token, NotMeToken),
        LetterKind.Manage => texts.Manage(locale, facts, Token),
        LetterKind.AlreadySigned => texts.AlreadySigned(locale, facts, Token),
        _ => throw new InvalidOperationException($"No letter is of kind {kind}."),
    };
}
