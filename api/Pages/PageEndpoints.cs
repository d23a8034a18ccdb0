using Campaigns.Db.Writes;
using Microsoft.AspNetCore.Mvc;

namespace Campaigns.Api.Pages;

/// <summary>All pages for people, and what they have in common: forms are small, come from us, and meet a full queue politely.</summary>
public static class PageEndpoints
{
    public static void MapPages(this IEndpointRouteBuilder app)
    {
        var pages = app.MapGroup("")
            .AddEndpointFilter<SameSite>()
            .AddEndpointFilter(MeetOverloadAsync)
            .WithMetadata(new RequestSizeLimitAttribute(PageForm.Most))
            .ExcludeFromDescription();
        pages.MapPage(Stylesheet.Path, Stylesheet.Get);
        pages.MapCampaignPages();
        pages.MapConfirmPages();
        pages.MapMyPages();
        pages.MapNotMePages();
    }

    /// <summary>A page that is only looked at: GET, and HEAD the same without its body.</summary>
    public static RouteHandlerBuilder MapPage(this IEndpointRouteBuilder pages, string pattern, Delegate handler) =>
        pages.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], handler);

    private static async ValueTask<object?> MeetOverloadAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (OverloadedException)
        {
            context.HttpContext.Response.Headers.RetryAfter = "5";
            return PageResults.Message("Busy", StatusCodes.Status503ServiceUnavailable);
        }
    }
}
