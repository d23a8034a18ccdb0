using Campaigns.Api.Endpoints.Handovers;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Handovers;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Handovers;

/// <summary>One hand-over: its page, and giving it up or deleting it.</summary>
internal static class OneHandoverEndpoints
{
    public const string Cancel = "cancel";
    public const string Delete = "delete";

    public static void MapOneHandover(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/handovers/{id}", ShowAsync).For(Role.Campaigner, Role.Organiser, Role.Auditor);
        foreach (var act in (string[])[Cancel, Delete])
        {
            screens
                .MapPage($"/c/{{slug}}/handovers/{{id}}/{act}", (string slug, string id, HttpContext context) =>
                    context.FindScreenHandover(slug, id) is { } found
                        ? Render(found, act, refusal: null)
                        : PageResults.NotFound()
                )
                .For(Role.Campaigner, Role.Organiser);
            screens
                .MapPost($"/c/{{slug}}/handovers/{{id}}/{act}", (string slug, string id, HttpContext context) =>
                    ActAsync(slug, id, act, context)
                )
                .For(Role.Campaigner, Role.Organiser);
        }
    }

    /// <summary>
    /// The hand-over of the address; null if it is another campaign's or out of reach.
    /// </summary>
    public static ReachedHandover? FindScreenHandover(this HttpContext context, string slug, string id) =>
        context.FindHandover(
            context.RequestServices.GetRequiredService<CampaignStore>(),
            context.RequestServices.GetRequiredService<HandoverReader>(),
            id
        )
            is { } found
        && found.Campaign.Slug == slug
            ? found
            : null;

    private static async Task<IResult> ShowAsync(
        string slug,
        string id,
        HttpContext context,
        PacketStore packets,
        AuditStore audit,
        TimeProvider time
    )
    {
        if (context.FindScreenHandover(slug, id) is not var (campaign, handover))
            return PageResults.NotFound();
        await audit.WriteAsync(context.Actor(), HandoverEndpoints.LookAction, slug, id);
        return PageResults.Page<HandoverPage>(
            new
            {
                Campaign = campaign,
                Handover = handover,
                Clock = handover.Clock(campaign, time.Today(campaign)),
                Packets = handover.Plan.Packets.Select(packets.Find).OfType<Packet>().ToList(),
                SeesNotes = context.SeesNotes(),
            }
        );
    }

    private static async Task<IResult> ActAsync(string slug, string id, string act, HttpContext context)
    {
        if (context.FindScreenHandover(slug, id) is not { } found)
            return PageResults.NotFound();
        var handovers = context.RequestServices.GetRequiredService<HandoverStore>();
        var refusal =
            act == Delete
                ? await handovers.DeleteAsync(found.Campaign, found.Handover.Id, context.Actor())
                : (
                    await handovers.ChangeAsync(
                        found.Campaign,
                        found.Handover.Id,
                        current => current.Plan with { IsCancelled = true },
                        context.Member().Scope(),
                        context.Actor()
                    )
                ).Refusal;
        if (refusal is not null)
            return Render(found, act, refusal);
        return PageResults.SeeOther(
            context.Request,
            act == Delete ? HandoversEndpoints.Address(slug) : HandoversEndpoints.Address(slug, found.Handover.Id)
        );
    }

    private static IResult Render(ReachedHandover found, string act, Refusal? refusal) =>
        PageResults.Page<HandoverActPage>(
            new
            {
                found.Campaign,
                found.Handover,
                Act = act,
                Refusal = refusal,
            },
            refusal is null ? StatusCodes.Status200OK : Problems.Status(refusal.Code)
        );
}
