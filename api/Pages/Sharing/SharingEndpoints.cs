using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Worker;
using Microsoft.Extensions.Localization;

namespace Campaigns.Api.Pages.Sharing;

/// <summary>What other sites show of a campaign, and the way to a Mastodon server.</summary>
internal static class SharingEndpoints
{
    public static void MapSharing(this IEndpointRouteBuilder pages)
    {
        pages.MapPage("/c/{slug}/badge.svg", ShowBadgeAsync);
        pages.MapPage("/c/{slug}/card.png", ShowCardAsync);
        pages.MapPage("/c/{slug}/mastodon", ShowMastodonAsync);
    }

    private static async Task<IResult> ShowBadgeAsync(
        string slug,
        CampaignStore campaigns,
        LiveCounts counts,
        IStringLocalizer<PageTexts> texts
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return PageResults.NotFound();
        var locale = PageLanguage.Current;
        var number = (await counts.OfAsync(campaign)).Confirmed.ToString("N0", CultureInfo.GetCultureInfo(locale));
        var title = texts["Badge.Title", campaign.Text(locale).Title, number].Value;
        var svg = Encoding.UTF8.GetBytes(Badge.Write(locale, title, texts["Badge.Label"].Value, number));
        return new PictureResult(svg, "image/svg+xml", Convert.ToHexStringLower(SHA256.HashData(svg))[..32]);
    }

    private static async Task<IResult> ShowCardAsync(
        string slug,
        CampaignStore campaigns,
        LiveCounts counts,
        ShareCards cards
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return PageResults.NotFound();
        var (png, tag) = cards.Of(campaign, (await counts.OfAsync(campaign)).Confirmed);
        return new PictureResult(png, "image/png", tag);
    }

    private static async Task<IResult> ShowMastodonAsync(
        string slug,
        string? server,
        CampaignStore campaigns,
        PublicAddress site
    )
    {
        if (await campaigns.FindPublicAsync(slug) is not { } campaign)
            return PageResults.NotFound();
        var target = ShareTarget.Of(campaign, PageLanguage.Current, site.Url);
        return PageResults.Page<MastodonPage>(
            new
            {
                Campaign = campaign,
                Target = target,
                Server = server,
            },
            server is not null && target.Mastodon(server) is null
                ? StatusCodes.Status400BadRequest
                : StatusCodes.Status200OK
        );
    }
}
