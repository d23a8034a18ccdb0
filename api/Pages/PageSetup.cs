using Campaigns.Api.Pages.Embed;
using Campaigns.Api.Pages.Sharing;

namespace Campaigns.Api.Pages;

/// <summary>Sets up the pages, which the server renders and which need no script.</summary>
internal static class PageSetup
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddLocalization();
        services.AddRazorComponents();
        services.AddResponseCompression(options => options.EnableForHttps = true);
        services.AddSingleton<ManageSessionCookie>().AddSingleton<SubscriptionWording>();
        services.AddSingleton<SubmittedSignatures>().AddSingleton<CampaignPageReader>().AddSingleton<CountCharts>();
        services.AddSingleton<ShareCards>();
        return services;
    }

    /// <summary>
    /// True for everything except the API, its description and the health checks.
    /// </summary>
    public static bool IsPage(this HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/api")
        && !context.Request.Path.StartsWithSegments("/openapi")
        && !context.Request.Path.StartsWithSegments("/healthz");

    /// <summary>
    /// Pages are completely in the reader's language. In the API only country names are, by
    /// <see cref="PageLanguage.Choose"/>.
    /// </summary>
    public static IApplicationBuilder UsePageLanguage(this IApplicationBuilder app) =>
        app.UseWhen(IsPage, pages => pages.UseRequestLocalization(PageLanguage.Localization()));

    /// <summary>
    /// Adds headers and compression to pages, and a page to every refusal without a body.
    /// </summary>
    public static IApplicationBuilder UsePages(this IApplicationBuilder app) =>
        app.UseWhen(IsPage, pages =>
            pages
                .Use(PageHeaders.AddAsync)
                .UseWhen(EmbeddedPage.IsAskedFor, frames => frames.Use(EmbeddedPage.FindAsync))
                .UseWhen(HoldsNoSecret, page => page.UseResponseCompression())
                .UseStatusCodePages(context =>
                    ExplainAsync(context.HttpContext, context.HttpContext.Response.StatusCode)
                )
        );

    // The size of a compressed page reveals which parts of the request it repeats (BREACH). Pages with a token or
    // personal data are therefore not compressed.
    private static bool HoldsNoSecret(HttpContext context) =>
        context.Request.Path == "/"
        || context.Request.Path == StaticFile.Site.Path
        || EmbeddedPage.IsAskedFor(context)
        || context.Request.Path.StartsWithSegments("/c");

    /// <summary>Responds with a page that explains a status to the reader.</summary>
    public static Task ExplainAsync(HttpContext context, int status)
    {
        var key = status switch
        {
            StatusCodes.Status404NotFound => "NotFound",
            StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable => "Busy",
            >= StatusCodes.Status500InternalServerError => "Failed",
            _ => "Refused",
        };
        return PageResults.Message(key, status).ExecuteAsync(context);
    }
}
