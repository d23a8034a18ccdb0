using System.Security.Cryptography;
using Campaigns.Api.Http;
using Campaigns.Api.Pages.Embed;

namespace Campaigns.Api.Pages;

/// <summary>
/// A file for browsers, an embedded resource. Its address contains its hash, so browsers cache it
/// without expiry and fetch a changed one at once.
/// </summary>
internal sealed class StaticFile
{
    private readonly byte[] _bytes;
    private readonly string _type;

    /// <param name="resource">The name of the resource: a file name such as
    /// <c>site.css</c>.</param>
    public StaticFile(string resource)
    {
        _bytes = Read(resource);
        var (name, extension) = (
            System.IO.Path.GetFileNameWithoutExtension(resource),
            System.IO.Path.GetExtension(resource)
        );
        _type = extension == ".css" ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
        Path = $"/{name}.{Convert.ToHexStringLower(SHA256.HashData(_bytes))[..12]}{extension}";
    }

    public static StaticFile Site { get; } = new("site.css");

    /// <summary>
    /// Brings a count up to date, offers to share, and tells a frame's site its height.
    /// </summary>
    public static StaticFile Page { get; } = new("page.js");

    /// <summary>Checks packets and receipts in the browser.</summary>
    public static StaticFile Verify { get; } = new("verify.js");

    public static StaticFile Console { get; } = new("console.css");

    /// <summary>Brings parts of a screen up to date.</summary>
    public static StaticFile Live { get; } = new("live.js");

    public string Path { get; }

    /// <summary>
    /// The address in a page. A frame takes the file from where frames without an origin may.
    /// </summary>
    public string AddressFor(HttpContext http) =>
        http.Request.PublicAddress(EmbeddedPage.Of(http) is null ? Path : EmbeddedPage.Path + Path);

    public IResult Get(HttpResponse response)
    {
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return GetBytes();
    }

    /// <summary>The file without headers about caching.</summary>
    public IResult GetBytes() => Results.Bytes(_bytes, _type);

    private static byte[] Read(string resource)
    {
        using var stream = typeof(StaticFile).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
