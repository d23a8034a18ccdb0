using System.Text.Json.Nodes;
using Campaigns.Api.Endpoints.Packets;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;

namespace Campaigns.Api.StaffConsole.Packets;

/// <summary>A second member approves or declines a packet, each on a page of its own.</summary>
internal static class PacketDecisionEndpoints
{
    public const string Approve = "approve";
    public const string Decline = "decline";

    public static void MapPacketDecisions(this RouteGroupBuilder screens)
    {
        foreach (var act in (string[])[Approve, Decline])
        {
            screens
                .MapPage($"/c/{{slug}}/packets/{{id}}/{act}", (string slug, string id, HttpContext context) =>
                    ShowAsync(slug, id, act, context)
                )
                .For(Role.Campaigner);
            screens
                .MapPost($"/c/{{slug}}/packets/{{id}}/{act}", (string slug, string id, HttpContext context) =>
                    ActAsync(slug, id, act, context)
                )
                .For(Role.Campaigner);
        }
    }

    private static async Task<IResult> ShowAsync(string slug, string id, string act, HttpContext context)
    {
        if (OnePacketEndpoints.Find(context, slug, id) is not var (campaign, packet))
            return PageResults.NotFound();
        var audit = context.RequestServices.GetRequiredService<AuditStore>();
        await audit.WriteAsync(context.Actor(), PacketEndpoints.LookAction, slug, id);
        return Render(campaign, packet, act, refusal: null, reason: null);
    }

    private static async Task<IResult> ActAsync(string slug, string id, string act, HttpContext context)
    {
        if (OnePacketEndpoints.Find(context, slug, id) is not var (campaign, packet))
            return PageResults.NotFound();
        var approvals = context.RequestServices.GetRequiredService<PacketApprovalStore>();
        var fields = await context.Request.ReadFormAsync();
        var typed = new JsonObject { ["reason"] = FormJson.Typed(fields["reason"]) };
        Refusal? refusal;
        if (act == Approve)
            refusal = await approvals.ApproveAsync(packet, slug, context.Actor());
        else
        {
            var reason = FormJson.Read(typed, TextFields.ReadReason);
            refusal = reason.Refusal ?? await approvals.DeclineAsync(packet, slug, reason.Value!, context.Actor());
        }
        return refusal is null
            ? PageResults.SeeOther(context.Request, $"{PacketsEndpoints.Address(slug)}/{id}")
            : Render(campaign, packet, act, refusal, (string?)typed["reason"]);
    }

    private static IResult Render(Campaign campaign, Packet packet, string act, Refusal? refusal, string? reason) =>
        PageResults.Page<PacketDecisionPage>(
            new
            {
                Campaign = campaign,
                Packet = packet,
                Act = act,
                Refusal = refusal,
                Reason = reason,
            },
            refusal is null ? StatusCodes.Status200OK : Problems.Status(refusal.Code)
        );
}
