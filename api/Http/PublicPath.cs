using Campaigns.Db;
using Campaigns.Worker;

namespace Campaigns.Api.Http;

/// <summary>
/// The path of <c>PublicUrl</c>. A proxy may pass it on or strip it: both requests reach the same
/// route, and all links, forms, redirects and cookies begin with it.
/// </summary>
internal static class PublicPath
{
    /// <summary>Sets the base of the path before anything reads the path.</summary>
    public static void UsePublicPath(this WebApplication app)
    {
        var path = Of(app);
        if (!path.HasValue)
            return;
        app.Use(
            (context, next) =>
            {
                if (context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal, out var rest))
                    context.Request.Path = rest.HasValue ? rest : "/";
                context.Request.PathBase = path;
                return next(context);
            }
        );
    }

    /// <summary>
    /// Refuses a path that begins like one of the product's own addresses: <c>/c/…</c> of a proxy
    /// that strips the path would be taken for one that passes it on.
    /// </summary>
    public static void RefuseAmbiguousPublicPath(this WebApplication app)
    {
        var path = Of(app);
        if (!path.HasValue)
            return;
        var own = ((IEndpointRouteBuilder)app)
            .DataSources.SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Split('/')[0])
            .FirstOrDefault(first => first.Length > 1 && path.StartsWithSegments(first));
        if (own is not null)
            throw new StartRefusedException(
                $"The path of PublicUrl must not begin with {own}, which is an address of this program."
            );
    }

    /// <summary>An address on this site, for a link or a header.</summary>
    public static string PublicAddress(this HttpRequest request, string path)
    {
        // Two slashes at the start would name another host.
        var local = "/" + path.TrimStart('/', '\\');
        return request.PathBase.HasValue ? request.PathBase.ToUriComponent() + local : local;
    }

    private static PathString Of(WebApplication app) =>
        PathString.FromUriComponent(app.Services.GetRequiredService<PublicAddress>().Path);
}
