using System.Text;
using Campaigns.Db.Caching;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Sendings;
using Campaigns.Db.Timeline;
using Campaigns.Timeline;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>Composes the letter with an update for a due row, and what staff see of it.</summary>
public sealed class UpdateLetterWriter(
    UpdateLetterTexts texts,
    PublicAddress address,
    TimelineReader timeline,
    CampaignStore campaigns,
    IOptions<MailOptions> options,
    TimeProvider time
)
{
    // It uses the base64url alphabet, so neither part of the body escapes it.
    private const string Token = "__the-token-that-ends-the-subscription__";

    // A few updates are sent at once, in a few languages each.
    private const int MostCached = 64;

    private static readonly byte[] _token = Encoding.ASCII.GetBytes(Token);

    private readonly BoundedCache<Variant, LetterBody> _bodies = new(MostCached);
    private readonly Mailbox _sender = options.Value.Sender;

    /// <summary>Null when mail cannot be sent to the address.</summary>
    public MimeLetter? Write(DueUpdateLetter letter)
    {
        if (letter.Email is not { } email || Mailbox.FromAddress(email) is not { } to)
            return null;
        // A campaign may become sensitive while its update is sent.
        var sensitive = campaigns.Get(letter.CampaignId).Sensitive;
        var body = _bodies.GetOrAdd(
            new Variant(letter.UpdateId, letter.UpdateVersion, letter.Locale, letter.ShowsTitle, sensitive),
            static (one, writer) => writer.Render(one.Update, one.Locale, one.ShowsTitle),
            this
        );
        return MimeLetter.Compose(
            new LetterName(letter.Id, letter.Name),
            _sender,
            to,
            body,
            time.UtcNow(),
            new MailingList(letter.ListName, $"{address.Url}/unsubscribe/{letter.UnsubscribeToken}"),
            new LinkToken(_token, letter.UnsubscribeToken)
        ) with
        {
            ReturnPath = options.Value.ReturnPath(letter.Tag),
        };
    }

    /// <summary>The letter as a member sees it: its link unsubscribes no one.</summary>
    public LetterText Test(long updateId, string locale) =>
        Text(updateId, locale, showsTitle: false, "test", isTest: true);

    private LetterBody Render(long updateId, string locale, bool showsTitle) =>
        LetterBody.Render(Text(updateId, locale, showsTitle, Token, isTest: false));

    private LetterText Text(long updateId, string locale, bool showsTitle, string token, bool isTest)
    {
        var entry = timeline.Find(updateId) ?? throw new InvalidOperationException("The update is gone.");
        var campaign = campaigns.Get(entry.CampaignId);
        var facts = new UpdateFacts
        {
            Update = (UpdateDraft)entry.Draft,
            Organisation = campaign.Organisation,
            FirstLocale = campaign.Texts[0].Locale,
            PublicUrl = address.Url,
            Page = $"{address.Url}/c/{campaign.Slug}",
            Sensitive = campaign.Sensitive,
            ShowsTitle = showsTitle && !campaign.Sensitive,
            IsTest = isTest,
        };
        return texts.Update(locale, facts, token);
    }

    private readonly record struct Variant(long Update, int Version, string Locale, bool ShowsTitle, bool Sensitive);
}
