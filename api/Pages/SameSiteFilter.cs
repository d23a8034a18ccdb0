namespace Campaigns.Api.Pages;

/// <summary>
/// Takes forms from our own pages only. The cookie of <c>/my</c> is SameSiteFilter=Strict already;
/// this stands behind it, and keeps other sites from pressing our buttons. Our pages send no
/// referrer, so browsers give their forms the origin <c>null</c>: Sec-Fetch-Site is what tells.
/// </summary>
internal sealed class SameSiteFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        HttpMethods.IsPost(context.HttpContext.Request.Method) && !IsSameOrigin(context.HttpContext.Request)
            ? PageResults.Message("Refused", StatusCodes.Status403Forbidden)
            : await next(context);

    private static bool IsSameOrigin(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is "same-origin" or "none";
        // Browsers of before 2023, and plain HTTP: the host alone is compared, a proxy may have changed the scheme.
        var origin = request.Headers.Origin.ToString();
        return origin is "" or "null"
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == request.Host.Value);
    }
}
