using Campaigns.Api.Http;
using Campaigns.Api.Pages.Embed;
using Campaigns.Api.Pages.Sharing;
using Campaigns.Api.Pages.Verify;
using Microsoft.AspNetCore.Mvc;

namespace Campaigns.Api.Pages;

/// <summary>
/// All pages. Forms are small and must come from this site.
/// </summary>
internal static class PageEndpoints
{
    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes
            .MapGroup("")
            .AddEndpointFilter<SameSiteFilter>()
            .WithMetadata(new RequestSizeLimitAttribute(PageForm.Most))
            .ExcludeFromDescription();
        pages.MapPage(StaticFile.Site.Path, StaticFile.Site.Get);
        pages.MapCampaignPages();
        pages.MapTimelinePages();
        pages.MapSubscriptionPages();
        routes.MapUnsubscribe();
        pages.MapSharing();
        pages.MapSearch();
        pages.MapPage(StaticFile.Page.Path, StaticFile.Page.Get);
        pages.MapVerifyPage();
        routes.MapEmbeds();

        var personal = pages.MapGroup("").RequireNetworkLimit(NetworkLimit.Other);
        personal.MapConfirmPages();
        personal.MapMyPages();
        personal.MapNotMePages();
    }

    /// <summary>Maps a page that changes nothing, for GET and HEAD.</summary>
    public static RouteHandlerBuilder MapPage(this IEndpointRouteBuilder pages, string pattern, Delegate handler) =>
        pages.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], handler);
}
