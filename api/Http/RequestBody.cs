namespace Campaigns.Api.Http;

/// <summary>Reads the whole body of a request, up to a limit.</summary>
internal static class RequestBody
{
    /// <summary>Null if the body is longer than <paramref name="most"/> bytes.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int most)
    {
        if (request.ContentLength > most)
            return null;
        var bytes = new byte[(int)(request.ContentLength ?? most) + 1];
        var length = await request.Body.ReadAtLeastAsync(
            bytes,
            bytes.Length,
            throwOnEndOfStream: false,
            request.HttpContext.RequestAborted
        );
        // Not a conditional expression: in one, null would be an empty memory.
        if (length > most)
            return null;
        return bytes.AsMemory(0, length);
    }
}
