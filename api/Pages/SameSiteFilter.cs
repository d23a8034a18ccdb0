namespace Campaigns.Api.Pages;

/// <summary>
/// Accepts forms only from this site, so that other sites cannot submit them. The cookie of
/// <c>/my</c> is already SameSite=Strict; this is a second barrier. The pages send no referrer, so
/// browsers send their forms with the origin <c>null</c>; hence Sec-Fetch-Site is checked.
/// </summary>
internal sealed class SameSiteFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        HttpMethods.IsPost(context.HttpContext.Request.Method) && !IsSameOrigin(context.HttpContext.Request)
            ? PageResults.Message("Refused", StatusCodes.Status403Forbidden)
            : await next(context);

    /// <summary>
    /// True for a request whose page the browser does not name. Only old browsers send it for the
    /// forms of this site.
    /// </summary>
    public static bool IsOfUnknownPage(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].Count == 0 && request.Headers.Origin == "null";

    /// <summary>True unless the request comes from a page of another site.</summary>
    public static bool IsSameOrigin(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is "same-origin" or "none";
        // For browsers from before 2023 and for plain HTTP. Only the host is compared, because a proxy may change the
        // scheme.
        var origin = request.Headers.Origin.ToString();
        return origin is "" or "null"
            || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == request.Host.Value);
    }
}
