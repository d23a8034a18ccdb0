using Campaigns.Api.Http;

namespace Campaigns.Api.Pages.Sharing;

/// <summary>
/// A picture of a campaign that any site may show. It may be a few minutes old, so that a much read
/// site does not ask for each of its readers.
/// </summary>
internal sealed class PictureResult(byte[] body, string contentType, string tag) : IResult
{
    private const string Caching = "public, max-age=300";

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        var known = httpContext.MatchesETag(new EntityTag(tag), immutable: false);
        response.Headers.CacheControl = Caching;
        if (known)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }
}
