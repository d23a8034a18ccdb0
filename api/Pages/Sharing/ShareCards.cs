using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Campaigns.Db.Sharing;
using Campaigns.Timeline;
using Campaigns.Worker.Packets.Pdf;
using Microsoft.Extensions.Localization;

namespace Campaigns.Api.Pages.Sharing;

/// <summary>
/// The pictures of campaigns by language. One is drawn again when the campaign changes or its
/// public count passes a milestone, so a request costs only the sending. The counts of a sensitive
/// campaign are the sealed ones, and its picture names no organisation.
/// </summary>
internal sealed class ShareCards(IStringLocalizer<PageTexts> texts) : IDisposable
{
    // All pixels of a picture are in memory, so a process draws one at a time.
    private readonly Lock _one = new();
    private readonly ConcurrentDictionary<(long Campaign, string Locale), Card> _cache = new();
    private readonly Lazy<CardPicture> _picture = new(() =>
        new CardPicture([
            Fonts.ReadFile("NotoSans-Bold"),
            Fonts.ReadFile("NanumSquareR"),
            Fonts.ReadFile("DroidSansFallbackFull"),
        ])
    );

    /// <summary>
    /// The number that a picture says: the goal once it is reached, otherwise the last round
    /// number; null before the first.
    /// </summary>
    public static long? Reached(Campaign campaign, long confirmed) =>
        MilestoneRules.LargestRound(confirmed) is { } round && round > campaign.Goal ? round
        : confirmed >= campaign.Goal ? campaign.Goal
        : MilestoneRules.LargestRound(confirmed);

    /// <summary>The picture in the language of the current page, and its ETag.</summary>
    public (byte[] Png, string Tag) Of(Campaign campaign, long confirmed)
    {
        var reached = Reached(campaign, confirmed);
        var key = (campaign.Id, PageLanguage.Current);
        if (_cache.TryGetValue(key, out var known) && known.IsOf(campaign, reached))
            return (known.Png, known.Tag);
        lock (_one)
        {
            if (_cache.TryGetValue(key, out known) && known.IsOf(campaign, reached))
                return (known.Png, known.Tag);
            var png = _picture.Value.Draw(WordsOf(campaign, reached));
            var card = new Card(campaign, reached, png, Convert.ToHexStringLower(SHA256.HashData(png))[..32]);
            _cache[key] = card;
            return (card.Png, card.Tag);
        }
    }

    public void Dispose()
    {
        if (_picture.IsValueCreated)
            _picture.Value.Dispose();
    }

    private CardWords WordsOf(Campaign campaign, long? reached) =>
        new(
            campaign.Sensitive ? null : campaign.Organisation,
            campaign.Text(PageLanguage.Current).Title,
            reached is { } number
                ? texts["Card.Count", number.ToString("N0", CultureInfo.GetCultureInfo(PageLanguage.Current))].Value
                : texts["Card.First"].Value,
            (double)(reached ?? 0) / campaign.Goal
        );

    private sealed record Card(Campaign Campaign, long? Reached, byte[] Png, string Tag)
    {
        // A changed campaign is another object.
        public bool IsOf(Campaign other, long? number) => ReferenceEquals(Campaign, other) && Reached == number;
    }
}
