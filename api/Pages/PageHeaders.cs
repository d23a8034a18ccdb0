namespace Campaigns.Api.Pages;

/// <summary>
/// What a browser may do with our pages: nothing but show them, take our one stylesheet and send
/// forms back to us.
/// </summary>
internal static class PageHeaders
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>
    /// Adds them as the answer starts, so that an error page has them too, and leaves what an
    /// endpoint set itself.
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
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers.TryAdd(
            "Permissions-Policy",
            "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
        );
        // Counts move and pages behind links are secret; what may be kept (the stylesheet) says so itself.
        headers.TryAdd("Cache-Control", "no-store");
        headers.Append("Vary", "Accept-Language");
        // Of use to a script we do not have.
        headers.Remove("blazor-enhanced-nav");
        return Task.CompletedTask;
    }
}
