using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Http;

/// <summary>
/// An answer made once and sent to everybody who asks, until what it says changes.
/// </summary>
/// <param name="body">Sent as it is.</param>
/// <param name="tag">Null for an answer without an ETag; then nothing is said about caches
/// either.</param>
/// <param name="weak">See <see cref="EntityTag"/>.</param>
internal sealed class CachedResponse(byte[] body, string contentType, string? tag = null, bool weak = false) : IResult
{
    private readonly EntityTag? _tag = tag is null ? null : new EntityTag(tag, weak);

    public byte[] Body => body;

    /// <summary>A view, written out as the endpoints would.</summary>
    public static CachedResponse Json<T>(T view, IOptions<JsonOptions> json, string? tag = null, bool weak = false) =>
        new(
            JsonSerializer.SerializeToUtf8Bytes(view, json.Value.SerializerOptions),
            "application/json; charset=utf-8",
            tag,
            weak
        );

    /// <summary>Answers 200, or 304 to who has this already.</summary>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        if (_tag is not null && httpContext.MatchesETag(_tag, immutable: false))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
    }
}
