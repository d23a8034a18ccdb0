using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Packets;

namespace Campaigns.Api.Endpoints.Packets;

/// <summary>Why a packet is declined.</summary>
// For the OpenAPI document only; TextFields reads the field.
internal sealed record DeclinePacketRequest(string Reason);

/// <summary>
/// What a second member decided: waiting, approved or declined. The other fields are null while it
/// waits; the day is that of the campaign's time zone.
/// </summary>
internal sealed record PacketApprovalView(string State, string? By, DateOnly? On, string? Reason)
{
    public static PacketApprovalView From(PacketApproval approval, Campaign campaign) =>
        new(
            approval.State,
            approval.By,
            approval.At is { } at ? TimeZones.Day(at, campaign.TimeZone) : null,
            approval.Reason
        );
}

/// <summary>A second member approves or declines a packet that may show people.</summary>
internal static class PacketApprovalEndpoints
{
    public static void MapPacketApprovals(this RouteGroupBuilder staff)
    {
        staff
            .MapPost("/packets/{id}/approve", Approve)
            .RequireRole(Role.Campaigner)
            .Describe("approvePacket", Tag.StaffPackets, "Lets a packet be built. Another member than who asked.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.OwnRequest, Refusal.AlreadyDecided, Refusal.Overloaded);
        staff
            .MapPost("/packets/{id}/decline", Decline)
            .RequireRole(Role.Campaigner)
            .Describe("declinePacket", Tag.StaffPackets, "Ends a packet that waits. Another member than who asked.")
            .AcceptsJson(new DeclinePacketRequest("the embassy was closed"))
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.OwnRequest,
                Refusal.AlreadyDecided,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
    }

    private static async Task<IResult> Approve(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        PacketApprovalStore approvals
    )
    {
        if (context.FindPacket(packets, id) is not { } packet)
            return Refusal.NotFound.ToProblem();
        var slug = campaigns.Get(packet.CampaignId).Slug;
        return await approvals.ApproveAsync(packet, slug, context.Actor()) is { } refusal
            ? refusal.ToProblem()
            : TypedResults.NoContent();
    }

    private static async Task<IResult> Decline(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        PacketApprovalStore approvals
    )
    {
        if (context.FindPacket(packets, id) is not { } packet)
            return Refusal.NotFound.ToProblem();
        var reason = await JsonBody.ReadAsync(context.Request, JsonBody.Small, TextFields.ReadReason);
        if (reason.Value is not { } why)
            return reason.Refusal!.ToProblem();
        var slug = campaigns.Get(packet.CampaignId).Slug;
        return await approvals.DeclineAsync(packet, slug, why, context.Actor()) is { } refusal
            ? refusal.ToProblem()
            : TypedResults.NoContent();
    }
}
