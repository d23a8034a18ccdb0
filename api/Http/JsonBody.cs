using System.Text.Json;

namespace Campaigns.Api.Http;

/// <summary>A request's JSON body, read whole and bounded.</summary>
internal static class JsonBody
{
    /// <summary>What a signer's bodies may weigh; the contract's 16 KB.</summary>
    public const int Small = 16 * 1024;

    /// <summary>What staff may send: a campaign with its texts in many languages.</summary>
    public const int Large = 1024 * 1024;

    /// <summary>
    /// Reads the body and hands its fields to <paramref name="read"/>. Refuses another media type,
    /// too many bytes, and what is not a JSON object; after that <paramref name="read"/> decides.
    /// </summary>
    public static async Task<Outcome<T>> ReadAsync<T>(HttpRequest request, int most, Func<JsonFields, Outcome<T>> read)
    {
        if (!request.HasJsonContentType())
            return Refusal.MediaType;
        if (request.ContentLength > most)
            return Refusal.BodyTooLarge;
        var bytes = new byte[(int)(request.ContentLength ?? most) + 1];
        var length = await request.Body.ReadAtLeastAsync(
            bytes,
            bytes.Length,
            throwOnEndOfStream: false,
            request.HttpContext.RequestAborted
        );
        if (length > most)
            return Refusal.BodyTooLarge;
        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(0, length));
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Refusal.MalformedBody;
            return read(new JsonFields(document.RootElement, "", new FieldErrors()));
        }
        catch (JsonException)
        {
            return Refusal.MalformedBody;
        }
    }
}
