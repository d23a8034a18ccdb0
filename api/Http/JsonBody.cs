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
        var body = await ReadBytesAsync(request, most);
        return body.Refusal is { } refusal ? refusal : Parse(body.Value, read);
    }

    /// <summary>Reads the bytes of a JSON body, without a byte order mark before it.</summary>
    public static async ValueTask<Outcome<ReadOnlyMemory<byte>>> ReadBytesAsync(HttpRequest request, int most)
    {
        if (!request.HasJsonContentType() || !BodyCharset.IsUtf8(request))
            return Refusal.MediaType;
        return await RequestBody.ReadAsync(request, most) is { } body ? WithoutMark(body) : Refusal.BodyTooLarge;
    }

    // Some programs write a byte order mark, which RFC 8259 lets a reader ignore.
    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> body) =>
        body.Span.StartsWith("\uFEFF"u8) ? body[3..] : body;

    /// <summary>Passes the fields of a JSON object to <paramref name="read"/>.</summary>
    public static Outcome<T> Parse<T>(ReadOnlyMemory<byte> body, Func<JsonFields, Outcome<T>> read)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(new JsonFields(document.RootElement, "", new FieldErrors()))
                : Refusal.MalformedBody;
        }
        catch (JsonException)
        {
            return Refusal.MalformedBody;
        }
    }
}
