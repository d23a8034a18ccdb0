using System.Text.Json.Nodes;
using Campaigns.Api.Endpoints.Signatures;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Signatures;

/// <summary>One signature, and what staff do with it or for its signer.</summary>
internal static class OneSignatureEndpoints
{
    public const string Release = "release";
    public const string Resend = "resend";
    public const string Invalidate = "invalidate";
    public const string Correct = "correct";
    public const string Erase = "erase";

    // The end of an id, which is typed before an erasure.
    private const int TypedDigits = 6;

    public static void MapOneSignature(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/signatures/{id}", ShowAsync).For(Role.Campaigner);
        foreach (var act in (string[])[Invalidate, Correct, Erase])
            screens
                .MapPage($"/c/{{slug}}/signatures/{{id}}/{act}", (string slug, string id, HttpContext context) =>
                    ShowAct(slug, id, act, context)
                )
                .For(Role.Campaigner);
        foreach (var act in (string[])[Release, Resend, Invalidate, Correct, Erase])
            screens
                .MapPost($"/c/{{slug}}/signatures/{{id}}/{act}", (string slug, string id, HttpContext context) =>
                    ActAsync(slug, id, act, context)
                )
                .For(Role.Campaigner);
    }

    /// <summary>What is typed before an erasure: the end of the id.</summary>
    public static string Typed(long id) => Ids.Text(id)[^TypedDigits..];

    private static async Task<IResult> ShowAsync(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        StaffSignatureReader signatures
    )
    {
        if (
            campaigns.Find(slug) is not { } campaign
            || !Ids.TryParse(id, out var number)
            || await signatures.FindAsync(campaign, number, context.Actor()) is not { } found
        )
            return PageResults.NotFound();
        return PageResults.Page<SignaturePage>(
            new
            {
                Campaign = campaign,
                Found = found,
                Done = (string?)context.Request.Query["done"],
                Refused = (string?)context.Request.Query["refused"],
            }
        );
    }

    private static IResult ShowAct(string slug, string id, string act, HttpContext context) =>
        Find(slug, id, context) is var (campaign, number)
            ? Render(campaign, number, act, refusal: null, new JsonObject())
            : PageResults.NotFound();

    private static async Task<IResult> ActAsync(string slug, string id, string act, HttpContext context)
    {
        if (Find(slug, id, context) is not var (campaign, number))
            return PageResults.NotFound();
        var form = await context.Request.ReadFormAsync();
        var typed = new JsonObject(
            Fields(act).Select(field => KeyValuePair.Create(field, (JsonNode?)FormJson.Typed(form[field])))
        );
        var refusal = await RunAsync(act, campaign, number, typed, context);
        var address = SignaturesEndpoints.Address(slug, number);
        if (refusal is null)
            return PageResults.SeeOther(context.Request, $"{address}?done={act}");
        return act is Release or Resend
            ? PageResults.SeeOther(context.Request, $"{address}?refused={refusal.Code}")
            : Render(campaign, number, act, refusal, typed);
    }

    private static string[] Fields(string act) =>
        act switch
        {
            Correct => ["name", "reason"],
            Invalidate => ["reason"],
            Erase => ["typed"],
            _ => [],
        };

    private static async Task<Refusal?> RunAsync(
        string act,
        Campaign campaign,
        long id,
        JsonObject typed,
        HttpContext context
    )
    {
        var services = context.RequestServices;
        var moderation = services.GetRequiredService<ModerationStore>();
        var requests = services.GetRequiredService<StaffSignatureStore>();
        var actor = context.Actor();
        switch (act)
        {
            case Release:
                return await moderation.ReleaseAsync(campaign, id, actor);
            case Resend:
                return await requests.ResendAsync(campaign, id, actor);
            case Erase when (string?)typed["typed"] == Typed(id):
                return await requests.EraseAsync(campaign, id, actor);
            case Erase:
                return Refusal.Validation("typed", "This must be the end of the id.");
            case Correct:
                var correction = FormJson.Read(typed, SignatureRequestEndpoints.Read);
                return correction.Refusal
                    ?? await requests.CorrectNameAsync(
                        campaign,
                        id,
                        correction.Value.Name,
                        correction.Value.Reason,
                        actor
                    );
            default:
                var reason = FormJson.Read(typed, TextFields.ReadReason);
                return reason.Refusal ?? await moderation.InvalidateAsync(campaign, id, reason.Value!, actor);
        }
    }

    private static (Campaign Campaign, long Id)? Find(string slug, string id, HttpContext context)
    {
        var services = context.RequestServices;
        return
            services.GetRequiredService<CampaignStore>().Find(slug) is { } campaign
            && Ids.TryParse(id, out var number)
            && services.GetRequiredService<StaffSignatureReader>().Has(campaign.Id, number)
            ? (campaign, number)
            : null;
    }

    private static IResult Render(Campaign campaign, long id, string act, Refusal? refusal, JsonObject typed) =>
        PageResults.Page<SignatureActPage>(
            new
            {
                Campaign = campaign,
                Id = id,
                Act = act,
                Refusal = refusal,
                Name = (string?)typed["name"],
                Reason = (string?)typed["reason"],
            },
            refusal is null ? StatusCodes.Status200OK : Problems.Status(refusal.Code)
        );
}
