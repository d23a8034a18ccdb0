using System.Text;
using Campaigns.Db.Caching;
using Campaigns.Db.Letters;
using Campaigns.Letters;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>Composes the letter for a due row.</summary>
public sealed class LetterWriter(
    LetterTexts texts,
    PublicAddress address,
    IOptions<MailOptions> options,
    TimeProvider time
)
{
    // Placeholders of the links' tokens. They use the base64url alphabet, so neither part of the body escapes them.
    private const string Token = "__the-token-that-opens-what-this-letter-is-about__";
    private const string NotMeToken = "__the-token-that-says-this-was-not-me__";

    // Some ten kilobytes each.
    private const int MostCached = 512;

    private static readonly byte[] _token = Encoding.ASCII.GetBytes(Token);
    private static readonly byte[] _notMeToken = Encoding.ASCII.GetBytes(NotMeToken);

    // Letters of one campaign, kind and language differ only in their tokens, so each body is rendered once.
    private readonly BoundedCache<(string Kind, string Locale, LetterFacts Facts), LetterBody> _bodies = new(
        MostCached
    );
    private readonly Mailbox _sender = options.Value.Sender;

    /// <summary>Null when mail cannot be sent to the address.</summary>
    public MimeLetter? Write(DueLetter letter)
    {
        if (letter.Email is not { } email || Mailbox.FromAddress(email) is not { } to)
            return null;
        var (name, body, now) = (new LetterName(letter.Id, letter.Name), Body(letter), time.UtcNow());
        // Only the letter that asks for a confirmation has the second link.
        var composed = MimeLetter.Compose(
            name,
            _sender,
            to,
            body,
            now,
            new LinkToken(_token, letter.Token),
            new LinkToken(_notMeToken, letter.NotMeToken)
        );
        return composed with { ReturnPath = options.Value.ReturnPath(letter.Tag) };
    }

    private LetterBody Body(DueLetter letter)
    {
        var facts = new LetterFacts(
            letter.Organisation,
            letter.Title,
            letter.TitleLocale,
            address.Url,
            letter.Sensitive,
            Replaces: letter.Generation > 0
        );
        return _bodies.GetOrAdd(
            (letter.Kind, Locales.Nearest(letter.Locale), facts),
            static (key, writer) => LetterBody.Render(writer.Text(key.Kind, key.Locale, key.Facts)),
            this
        );
    }

    private LetterText Text(string kind, string locale, LetterFacts facts) =>
        kind switch
        {
            LetterKind.Confirm => texts.Confirm(locale, facts, Token, NotMeToken),
            LetterKind.Manage => texts.Manage(locale, facts, Token),
            LetterKind.AlreadySigned => texts.AlreadySigned(locale, facts, Token),
            LetterKind.Subscription => texts.Subscription(locale, facts, Token),
            _ => throw new InvalidOperationException($"No letter is of kind {kind}."),
        };
}
