namespace Campaigns.Api.Pages;

/// <summary>The pages for people: rendered on the server, complete without script.</summary>
internal static class PageSetup
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddLocalization();
        services.AddRazorComponents();
        services.AddResponseCompression(options => options.EnableForHttps = true);
        services.AddSingleton<ManageSessionCookie>();
        return services;
    }

    /// <summary>
    /// True for what a browser shows to a person: everything but the API, its description and the
    /// health checks.
    /// </summary>
    public static bool IsPage(this HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/api")
        && !context.Request.Path.StartsWithSegments("/openapi")
        && !context.Request.Path.StartsWithSegments("/healthz");

    /// <summary>
    /// Pages speak the reader's language all through. The API names countries in it and nothing
    /// else, and asks for it where it does (<see cref="PageLanguage.Choose"/>).
    /// </summary>
    public static IApplicationBuilder UsePageLanguage(this IApplicationBuilder app) =>
        app.UseWhen(IsPage, pages => pages.UseRequestLocalization(PageLanguage.Localization()));

    /// <summary>
    /// Gives pages their headers, few bytes on a bad line, and a page to every refusal that came
    /// without a body.
    /// </summary>
    public static IApplicationBuilder UsePages(this IApplicationBuilder app) =>
        app.UseWhen(IsPage, pages =>
            pages
                .Use(PageHeaders.AddAsync)
                .UseWhen(HoldsNoSecret, page => page.UseResponseCompression())
                .UseStatusCodePages(context =>
                    ExplainAsync(context.HttpContext, context.HttpContext.Response.StatusCode)
                )
        );

    // The size of a compressed page tells what it repeats of the request (BREACH): where a page carries a token or a
    // person's data, that is too much.
    private static bool HoldsNoSecret(HttpContext context) =>
        context.Request.Path == "/"
        || context.Request.Path == Stylesheet.Path
        || context.Request.Path.StartsWithSegments("/c");

    /// <summary>Answers with a page that says what a status means to a person.</summary>
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
