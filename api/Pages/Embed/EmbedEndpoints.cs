using Campaigns.Api.Http;
using Campaigns.Db.Counts;
using Campaigns.Db.Sharing;
using Microsoft.AspNetCore.Mvc;

namespace Campaigns.Api.Pages.Embed;

/// <summary>
/// The form of a campaign and its counter, for a frame on other sites. No address here sets or
/// reads a cookie.
/// </summary>
/// <remarks>
/// The form has no antiforgery token. Such a token keeps other sites from using the rights of a
/// visitor who is signed in, and a signer is not: there is no cookie and no right to use. A site
/// that sends the form for its visitors gets what a program gets from the API: one letter to an
/// address, within the limits of the address, its mailbox, its mail domain and the visitor's
/// network. Nothing counts until the owner of the mailbox presses the button in the letter. A token
/// without a cookie would hold off no site, because its server can read the form too.
/// </remarks>
internal static class EmbedEndpoints
{
    public static void MapEmbeds(this IEndpointRouteBuilder routes)
    {
        // Without the filter of other pages: a frame without an origin of its own sends its form as another site does.
        var pages = routes
            .MapGroup(EmbeddedPage.Path)
            .WithMetadata(new RequestSizeLimitAttribute(PageForm.Most))
            .ExcludeFromDescription();
        pages.MapPage("/{slug}", Show);
        pages.MapPost("/{slug}", SignAsync).RequireNetworkLimit(NetworkLimit.Signing).StopsWhileFrozen();
        pages.MapPage("/{slug}/thanks", ShowThanks);
        pages.MapPage("/{slug}/counter", ShowCounterAsync);
        pages.MapPage("/" + HostScript.Name, HostScript.Get);
        foreach (var file in (StaticFile[])[StaticFile.Site, StaticFile.Page])
            pages.MapPage(file.Path, (HttpResponse response) => GetFile(file, response));
    }

    private static IResult Show(HttpContext context, ShareTally shared, TimeProvider time)
    {
        if (EmbeddedPage.Of(context) is not { } embedded)
            return PageResults.NotFound();
        ShareVisit.Count(context.Request, embedded.Campaign, shared);
        return Render(embedded, time.UtcNow());
    }

    private static async Task<IResult> SignAsync(
        string slug,
        HttpRequest request,
        SubmittedSignatures submitted,
        TimeProvider time
    )
    {
        if (EmbeddedPage.Of(request.HttpContext) is not { } embedded)
            return PageResults.NotFound();
        if (!embedded.TakesForms)
            return PageResults.Message("Refused", StatusCodes.Status403Forbidden);
        if (await PageForm.ReadAsync(request) is not { } fields)
            return PageForm.Refuse(request);
        var sent = await submitted.SignAsync(embedded.Campaign, fields, request);
        return sent.Refusal is null
            ? PageResults.SeeOther(request, sent.ThanksAt($"{EmbeddedPage.Path}/{slug}"))
            : Render(embedded with { Campaign = sent.Campaign }, time.UtcNow(), sent);
    }

    private static IResult Render(EmbeddedPage embedded, DateTimeOffset now, SubmittedSignature? sent = null) =>
        PageResults.Page<EmbedPage>(
            new
            {
                embedded.Campaign,
                Now = now,
                Form = sent?.Form ?? new Signatures.SignatureForm(),
                sent?.Refusal,
            },
            sent?.Status ?? StatusCodes.Status200OK
        );

    private static IResult ShowThanks(HttpContext context, string? meant) =>
        EmbeddedPage.Of(context) is { } embedded
            ? PageResults.Page<ThanksPage>(
                new { embedded.Campaign, MeantDomain = SubmittedSignature.KnownDomain(meant) }
            )
            : PageResults.NotFound();

    private static async Task<IResult> ShowCounterAsync(HttpContext context, LiveCounts counts) =>
        EmbeddedPage.Of(context) is { } embedded
            ? PageResults.Page<EmbedCounterPage>(
                new { embedded.Campaign, (await counts.OfAsync(embedded.Campaign)).Confirmed }
            )
            : PageResults.NotFound();

    // A frame in a sandbox has no origin, so its files come from another one.
    private static IResult GetFile(StaticFile file, HttpResponse response)
    {
        response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        return file.Get(response);
    }
}
