using Campaigns.Api.Http;

namespace Campaigns.Api.Pages.Embed;

/// <summary>
/// The script that other sites may load: it makes the frame and gives it the height of its page.
/// Its address stays the same, because it stands in pages of others.
/// </summary>
internal static class HostScript
{
    public const string Name = "host.js";

    private static readonly StaticFile _file = new(Name);
    private static readonly EntityTag _tag = new(_file.Path.Split('.')[1]);

    public static IResult Get(HttpContext context)
    {
        var response = context.Response;
        response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        if (context.MatchesETag(_tag, immutable: false))
            return Caching.NotModified();
        return _file.GetBytes();
    }
}
