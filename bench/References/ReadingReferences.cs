namespace Campaigns.Bench.References;

/// <summary>
/// A response of fixed bytes, as a file server would send it; a POST sets the bytes.
/// </summary>
internal static class ReadingReferences
{
    public const string Static = "/bench/static";

    public static void MapReadingReferences(this IEndpointRouteBuilder routes)
    {
        ReadOnlyMemory<byte> bytes = default;
        routes.MapPost(Static, async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            bytes = body.ToArray();
        });
        routes.MapGet(
            Static,
            (RequestDelegate)(
                context =>
                {
                    context.Response.ContentType = "application/json; charset=utf-8";
                    context.Response.ContentLength = bytes.Length;
                    return context.Response.Body.WriteAsync(bytes).AsTask();
                }
            )
        );
    }
}
