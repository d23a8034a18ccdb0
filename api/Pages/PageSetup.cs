namespace Campaigns.Api.Pages;

/// <summary>The pages for people: rendered on the server, complete without script.</summary>
public static class PageSetup
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddLocalization();
        services.AddRazorComponents();
        services.AddDataProtection();
        services.AddSingleton<MyCookie>();
        return services;
    }

    /// <summary>Gives every answer that is not of the API its language and its headers. The API keeps to the invariant culture.</summary>
    public static IApplicationBuilder UsePages(this IApplicationBuilder app) =>
        app.UseWhen(
            context => !context.Request.Path.StartsWithSegments("/api") && !context.Request.Path.StartsWithSegments("/openapi"),
            pages => pages
                .UseRequestLocalization(SetLanguages)
                .Use(PageHeaders.AddAsync)
                .UseExceptionHandler(failed => failed.Run(context => PageResults.Message("Failed", StatusCodes.Status500InternalServerError).ExecuteAsync(context)))
                .UseStatusCodePages(context => ExplainAsync(context.HttpContext)));

    /// <summary>A page for a refusal that came without one: an address nobody serves, a form too large, too many requests.</summary>
    private static Task ExplainAsync(HttpContext context)
    {
        var status = context.Response.StatusCode;
        var key = status switch
        {
            StatusCodes.Status404NotFound => "NotFound",
            StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable => "Busy",
            >= StatusCodes.Status500InternalServerError => "Failed",
            _ => "Refused",
        };
        return PageResults.Message(key, status).ExecuteAsync(context);
    }

    private static void SetLanguages(RequestLocalizationOptions options)
    {
        options.SetDefaultCulture(Locales.Default)
            .AddSupportedCultures([.. Locales.Supported])
            .AddSupportedUICultures([.. Locales.Supported]);
        options.RequestCultureProviders = [new PageLanguage()];
    }
}
