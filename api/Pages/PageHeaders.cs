namespace Campaigns.Api.Pages;

/// <summary>
/// Restricts browsers: a page may load only the site's stylesheet and send forms only to the site.
/// </summary>
internal static class PageHeaders
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'";

    /// <summary>
    /// Adds the headers when the response starts, so that error pages have them too. Headers that
    /// an endpoint set are left unchanged.
    /// </summary>
    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(Add, context.Response.Headers);
        return next(context);
    }

    private static Task Add(object state)
    {
        var headers = (IHeaderDictionary)state;
        headers.TryAdd("Content-Security-Policy", Policy);
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
}
