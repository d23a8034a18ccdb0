using Campaigns.Api.Pages.Embed;

namespace Campaigns.Api.Pages;

/// <summary>
/// Restricts browsers: a page may load only the site's stylesheet and send forms only to the site.
/// A page of <see cref="ScriptedPage"/> may run the site's scripts too. Only sites that a campaign
/// lists may show a frame, of <see cref="EmbeddedPage"/>.
/// </summary>
internal static class PageHeaders
{
    private const string Policy = "default-src 'none'; style-src 'self'; img-src 'self' data:; ";
    private const string Scripts = "script-src 'self'; connect-src 'self'; ";
    private const string Bounds = "form-action 'self'; base-uri 'none'; frame-ancestors ";

    /// <summary>
    /// Adds the headers when the response starts, so that error pages have them too. Headers that
    /// an endpoint set are left unchanged.
    /// </summary>
    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(Add, context);
        return next(context);
    }

    private static Task Add(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.TryAdd("Content-Security-Policy", PolicyOf(context));
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers.TryAdd(
            "Permissions-Policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
        );
        // Not cached, because counts change and pages behind links are secret. The stylesheet sets its own header.
        headers.TryAdd("Cache-Control", "no-store");
        headers.Append("Vary", "Accept-Language");
        // Only Blazor's script uses it, and the pages have no script.
        headers.Remove("blazor-enhanced-nav");
        return Task.CompletedTask;
    }

    private static string PolicyOf(HttpContext context)
    {
        var scripts = context.Features.Get<ScriptedPage>() is null ? "" : Scripts;
        var ancestors = EmbeddedPage.Of(context)?.Campaign.AllowedOrigins is { Count: > 0 } sites
            ? string.Join(' ', sites)
            : "'none'";
        return Policy + scripts + Bounds + ancestors;
    }
}
