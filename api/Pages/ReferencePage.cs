using System.IO.Compression;
using System.Security.Cryptography;
using Scalar.AspNetCore;

namespace Campaigns.Api.Pages;

/// <summary>
/// The reference of the API for people. Scalar shows the OpenAPI document; its script is a resource
/// of its package and is served from here. The page's policy allows no other host.
/// </summary>
internal static class ReferencePage
{
    private const string Path = "/docs";

    // Scalar adds its styles with a script, so styles cannot be limited to files.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        + "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly Script _scalar = new(
        "scalar",
        typeof(ScalarOptions).Assembly.GetManifestResourceStream("ScalarStaticAssets.scalar.js")!,
        isGzip: true
    );

    private static readonly Script _start = new(
        "reference",
        typeof(ReferencePage).Assembly.GetManifestResourceStream("reference.js")!,
        isGzip: false
    );

    // Addresses are relative, so that the page works behind a path.
    private static readonly string _html = $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Campaign API</title>
        </head>
        <body>
        <main id="reference"></main>
        <noscript>
        <p>This page needs a script. <a href="openapi/v1.json">The OpenAPI document</a> has the same content.</p>
        </noscript>
        <script src="docs/{_scalar.Name}"></script>
        <script src="docs/{_start.Name}"></script>
        </body>
        </html>
        """;

    public static void MapReferencePage(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup(Path).ExcludeFromDescription();
        pages.MapGet("", (HttpResponse response) =>
        {
            response.Headers.ContentSecurityPolicy = Policy;
            return Results.Content(_html, "text/html; charset=utf-8");
        });
        foreach (var script in (Script[])[_scalar, _start])
            pages.MapGet("/" + script.Name, (HttpContext context) => script.ShowAsync(context));
    }

    /// <summary>
    /// A script with its hash in its address, so that browsers cache it without expiry.
    /// </summary>
    private sealed class Script
    {
        private readonly byte[] _bytes;
        private readonly bool _isGzip;

        public Script(string name, Stream resource, bool isGzip)
        {
            using (resource)
            using (var bytes = new MemoryStream())
            {
                resource.CopyTo(bytes);
                _bytes = bytes.ToArray();
            }
            _isGzip = isGzip;
            Name = $"{name}.{Convert.ToHexStringLower(SHA256.HashData(_bytes))[..12]}.js";
        }

        public string Name { get; }

        public Task ShowAsync(HttpContext context)
        {
            var response = context.Response;
            response.Headers.CacheControl = "public, max-age=31536000, immutable";
            response.ContentType = "text/javascript; charset=utf-8";
            if (!_isGzip)
                return response.Body.WriteAsync(_bytes, context.RequestAborted).AsTask();
            response.Headers.Vary = "Accept-Encoding";
            if (AcceptsGzip(context.Request))
            {
                response.Headers.ContentEncoding = "gzip";
                response.ContentLength = _bytes.Length;
                return response.Body.WriteAsync(_bytes, context.RequestAborted).AsTask();
            }
            return DecompressAsync(context);
        }

        private async Task DecompressAsync(HttpContext context)
        {
            await using var gzip = new GZipStream(new MemoryStream(_bytes), CompressionMode.Decompress);
            await gzip.CopyToAsync(context.Response.Body, context.RequestAborted);
        }

        private static bool AcceptsGzip(HttpRequest request) =>
            request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value == "gzip" && encoding.Quality != 0);
    }
}
