using System.Security.Cryptography;

namespace Campaigns.Api.Pages;

/// <summary>
/// The stylesheet, an embedded resource. Its address contains its hash, so browsers cache it
/// without expiry and fetch a changed one at once.
/// </summary>
internal static class Stylesheet
{
    private static readonly byte[] _bytes = Read();

    public static string Path { get; } = $"/site.{Convert.ToHexStringLower(SHA256.HashData(_bytes))[..12]}.css";

    public static IResult Get(HttpResponse response)
    {
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Bytes(_bytes, "text/css; charset=utf-8");
    }

    private static byte[] Read()
    {
        using var stream = typeof(Stylesheet).Assembly.GetManifestResourceStream("site.css")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
