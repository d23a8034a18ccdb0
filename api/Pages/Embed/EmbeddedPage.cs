using Campaigns.Api.Endpoints.Campaigns;
using Campaigns.Db.Campaigns;

namespace Campaigns.Api.Pages.Embed;

/// <summary>
/// A page that other sites show in a frame: those that the campaign lists. It is a feature of the
/// request, so that also a refusal is a page that the frame may show.
/// </summary>
internal sealed record EmbeddedPage(Campaign Campaign)
{
    public const string Path = "/embed";

    /// <summary>True for a page in a frame, and for its files.</summary>
    public static bool IsAskedFor(HttpContext context) => context.Request.Path.StartsWithSegments(Path);

    public static EmbeddedPage? Of(HttpContext context) => context.Features.Get<EmbeddedPage>();

    /// <summary>
    /// The campaign's form may be sent from a frame. Where it lists no site there is no frame, and
    /// the frame of a sensitive one leads to the page.
    /// </summary>
    public bool TakesForms => Campaign is { Sensitive: false, AllowedOrigins.Count: > 0 };

    /// <summary>Finds the campaign of the address, before anything answers.</summary>
    public static async Task FindAsync(HttpContext context, RequestDelegate next)
    {
        if (
            context.Request.Path.StartsWithSegments(Path, out var rest)
            && rest.Value?.Split('/') is [_, var slug, ..]
            && await context.RequestServices.GetRequiredService<CampaignStore>().FindPublicAsync(slug) is { } campaign
        )
            context.Features.Set(new EmbeddedPage(campaign));
        await next(context);
    }
}
