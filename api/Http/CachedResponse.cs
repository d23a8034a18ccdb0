using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Http;

/// <summary>
/// A response that is serialised once and sent to all clients until its content changes.
/// </summary>
/// <param name="body">The bytes to send.</param>
/// <param name="contentType">The media type.</param>
/// <param name="tag">Null for a response without ETag and cache headers.</param>
/// <param name="weak">See <see cref="EntityTag"/>.</param>
internal sealed class CachedResponse(byte[] body, string contentType, string? tag = null, bool weak = false) : IResult
{
    private readonly EntityTag? _tag = tag is null ? null : new EntityTag(tag, weak);

    public byte[] Body => body;

    /// <summary>Serialises a view as the endpoints do.</summary>
    public static CachedResponse Json<T>(T view, IOptions<JsonOptions> json, string? tag = null, bool weak = false) =>
        new(
            JsonSerializer.SerializeToUtf8Bytes(view, json.Value.SerializerOptions),
            "application/json; charset=utf-8",
            tag,
            weak
        );

    /// <summary>Sends 200, or 304 if the client has this version.</summary>
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
