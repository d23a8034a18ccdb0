using System.Text.Json;

namespace Campaigns.Api.Http;

/// <summary>Reads the whole JSON body of a request, up to a limit.</summary>
internal static class JsonBody
{
    /// <summary>The limit for signers' bodies; the contract's 16 KB.</summary>
    public const int Small = 16 * 1024;

    /// <summary>The limit for staff: a campaign with texts in many languages.</summary>
    public const int Large = 1024 * 1024;

    /// <summary>
    /// Reads the body and passes its fields to <paramref name="read"/>. Refuses another media type,
    /// too many bytes, and a body that is not a JSON object.
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
