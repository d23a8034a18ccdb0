using Campaigns.Db.SignIn;
using Campaigns.Letters;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>Composes the letter to a member for a due row.</summary>
public sealed class MemberLetterWriter(
    MemberLetterTexts texts,
    UpdateLetterWriter updates,
    PublicAddress address,
    IOptions<MailOptions> options,
    TimeProvider time
)
{
    private readonly Mailbox _sender = options.Value.Sender;

    /// <summary>Null when mail cannot be sent to the address.</summary>
    public MimeLetter? Write(DueMemberLetter letter) =>
        letter.Email is { } email && Mailbox.FromAddress(email) is { } to
            ? MimeLetter.Compose(
                new LetterName(letter.Id, letter.Name),
                _sender,
                to,
                LetterBody.Render(
                    letter.UpdateId is { } update
                        ? updates.Test(update, letter.Locale)
                        : Text(letter, Locales.Nearest(letter.Locale))
                ),
                time.UtcNow()
            ) with
            {
                ReturnPath = options.Value.ReturnPath(letter.Tag),
            }
            : null;

    private LetterText Text(DueMemberLetter letter, string locale) =>
        letter.Kind switch
        {
            MemberLetterKind.Confirm => texts.Confirm(locale, address.Url, letter.Token!),
            MemberLetterKind.Invitation => texts.Invitation(locale, address.Url, letter.Token!),
            MemberLetterKind.Changed => texts.Changed(locale, address.Url),
            MemberLetterKind.Reset => texts.Reset(locale, address.Url),
            MemberLetterKind.AnswerDue or MemberLetterKind.AnswerOverdue => texts.Answer(
                locale,
                letter.Kind,
                $"{address.Url}{letter.Screen}",
                letter.AnswerDue!.Value
            ),
            _ => throw new InvalidOperationException($"No letter to members is of kind {letter.Kind}."),
        };
}
