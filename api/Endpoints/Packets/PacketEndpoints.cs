using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Handovers;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Packets;

namespace Campaigns.Api.Endpoints.Packets;

/// <summary>
/// An order. Countries missing are all of the recipient's. A disclosure above the recipient's is
/// lowered. A cut-off is the size of a signed head; missing is the newest. One near another
/// packet's becomes that one. Since is a packet of the same recipient: this one then has only the
/// lines after its cut-off.
/// </summary>
// For the OpenAPI document only; PacketRequestParser reads the fields.
internal sealed record CreatePacketRequest(
    string Recipient,
    IReadOnlyList<string>? Countries = null,
    string? Disclosure = null,
    string? Locale = null,
    long? CutOff = null,
    IReadOnlyList<string>? Include = null,
    string? Since = null
);

internal sealed record ProgressView(long Done, long Total);

internal sealed record PacketView(
    string Id,
    string Campaign,
    string Recipient,
    IReadOnlyList<string> Countries,
    string Status,
    ProgressView Progress,
    long? Signatures,
    string Disclosure,
    string DisclosureAsked,
    CutOff CutOff,
    IReadOnlyList<PacketFile> Files,
    DateTimeOffset RequestedAt,
    string? RequestedBy,
    string? Failure,
    IReadOnlyList<string> Attempts,
    DateOnly? AnswerDue,
    string? Answer,
    StalePacketView? Stale = null,
    PacketApprovalView? Approval = null,
    string? SupplementTo = null,
    PacketHandoverView? Handover = null
)
{
    /// <summary>
    /// Signatures is the number shown or counted in the packet; null until the packet is built.
    /// Stale is counted for a single packet only, not in lists.
    /// </summary>
    public static PacketView From(
        Packet packet,
        Campaign campaign,
        PacketChange? change = null,
        Handover? handover = null
    ) =>
        new(
            Ids.Text(packet.Id),
            campaign.Slug,
            packet.Recipient,
            packet.Countries,
            packet.Status,
            new ProgressView(packet.Done, packet.Total),
            packet.Manifest?.Counts.Values.Sum(counts => counts.Confirmed - counts.RemovedSince),
            packet.Disclosure.Text(),
            packet.DisclosureAsked.Text(),
            packet.CutOff,
            packet.Manifest?.Files ?? [],
            packet.RequestedAt,
            packet.RequestedBy,
            packet.Failure,
            [],
            null,
            null,
            change is null ? null : StalePacketView.From(change),
            packet.Approval is { } approval ? PacketApprovalView.From(approval, campaign) : null,
            packet.Earlier?.Packet,
            PacketHandoverView.From(handover)
        );
}

internal static class PacketEndpoints
{
    public const string ListAction = "packet.list";
    public const string LookAction = "packet.look";
    public const string DownloadAction = "packet.download";

    public static void MapPackets(this RouteGroupBuilder staff)
    {
        staff
            .MapPost("/campaigns/{slug}/packets", Create)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .StopsWhileFrozen()
            .Describe(
                "createPacket",
                Tag.StaffPackets,
                "Orders a packet for a recipient. The same order is the same packet."
            )
            .AcceptsJson(PacketExamples.New)
            .AcceptsIdempotencyKey()
            .ProducesJson(PacketExamples.Packet, StatusCodes.Status202Accepted)
            .ProducesHeader(202, "Location", "The address of the packet.", "/api/staff/packets/463856467968002048")
            .ProducesProblems(Refusal.TooManyPackets);
        staff
            .MapGet("/campaigns/{slug}/packets", List)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .Describe("listPackets", Tag.StaffPackets, "Lists the packets of a campaign, newest first.")
            .ProducesList(PacketExamples.Packet)
            .ProducesProblems(Refusal.Overloaded);
        staff
            .MapGet("/packets/{id}", Show)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .Describe("getPacket", Tag.StaffPackets, "Shows a packet and the progress of its build.")
            .ProducesJson(PacketExamples.Packet)
            .ProducesProblems(Refusal.Overloaded);
        staff
            .MapGet("/packets/{id}/file", Download)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .StopsWhileFrozen()
            .WithMetadata(new HoldsPeople())
            .Describe("downloadPacket", Tag.StaffPackets, "Downloads the ZIP of a packet, or a range of it.")
            .ProducesFile(StatusCodes.Status200OK, "application/zip")
            .ProducesFile(StatusCodes.Status206PartialContent, "application/zip")
            .Produces(StatusCodes.Status304NotModified)
            .Produces(StatusCodes.Status416RangeNotSatisfiable)
            .ProducesHeader(200, "ETag", "The build, for If-Range and If-None-Match.", "\"9f86d081884c7d65\"")
            .ProducesProblems(
                Refusal.PacketNotReady,
                Refusal.PacketStale,
                Refusal.PacketEnded,
                Refusal.ChangedMeanwhile,
                Refusal.Overloaded
            );
        staff
            .MapPost("/packets/{id}/rebuild", Rebuild)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .StopsWhileFrozen()
            .Describe("rebuildPacket", Tag.StaffPackets, "Builds a packet again with the same cut-off.")
            .ProducesJson(PacketExamples.Packet, StatusCodes.Status202Accepted)
            .ProducesProblems(Refusal.AlreadyDecided, Refusal.Overloaded);
    }

    private static async Task<IResult> Create(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        PacketStore packets,
        IdempotentRequests requests
    )
    {
        var context = request.HttpContext;
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        return await requests.RunAsync(
            request,
            JsonBody.Small,
            fields =>
            {
                var order = PacketRequestParser.Read(fields, campaign);
                return order.Value is { } asked
                    ? packets.Check(campaign, asked, context.Member().Scope())
                    : order.Refusal!;
            },
            (write, packet) =>
            {
                var created = packets.Create(write, packet, context.Actor());
                if (created.Refusal is { } refusal)
                    return refusal;
                var view = PacketView.From(created.Value!, campaign);
                return requests.Answer(StatusCodes.Status202Accepted, $"/api/staff/packets/{view.Id}", view);
            }
        );
    }

    private static async Task<IResult> List(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        HandoverReader handovers,
        AuditStore audit
    )
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var page = ListRequest.Read(context.Request);
        if (page.Value is not { } asked)
            return page.Refusal!.ToProblem();
        await audit.WriteAsync(context.Actor(), ListAction, slug);
        var scope = context.Member().Scope();
        var listed = packets.List(campaign.Id, scope, asked.Before, asked.Rows);
        var carrying = handovers.FindCarrying(campaign, [.. listed.Select(packet => packet.Id)], scope);
        return TypedResults.Ok(
            asked.Page(
                listed,
                packet => packet.Id,
                packet => PacketView.From(packet, campaign, handover: carrying.GetValueOrDefault(packet.Id))
            )
        );
    }

    private static async Task<IResult> Show(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        PacketPreviewStore previews,
        HandoverReader handovers,
        AuditStore audit
    )
    {
        if (context.FindPacket(packets, id) is not { } packet)
            return Refusal.NotFound.ToProblem();
        var campaign = campaigns.Get(packet.CampaignId);
        await audit.WriteAsync(context.Actor(), LookAction, campaign.Slug, id);
        return TypedResults.Ok(
            PacketView.From(
                packet,
                campaign,
                previews.FindChange(packet),
                handovers.FindCarrying(campaign, [packet.Id], context.Member().Scope()).GetValueOrDefault(packet.Id)
            )
        );
    }

    private static async Task<IResult> Download(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        PacketDownload download,
        AuditStore audit
    )
    {
        if (context.FindPacket(packets, id) is not { } packet)
            return Refusal.NotFound.ToProblem();
        if (PacketLifecycle.Find(packet.Status, PacketAct.Download).Refusal is { } refusal)
            return refusal.ToProblem();
        var file = await download.OpenAsync(packet);
        if (file.Value is not { } content)
            return file.Refusal!.ToProblem();
        var slug = campaigns.Get(packet.CampaignId).Slug;
        // HEAD shows the size and the name of the file.
        var action = HttpMethods.IsHead(context.Request.Method) ? LookAction : DownloadAction;
        await audit.WriteAsync(context.Actor(), action, slug, id);
        return download.Send(packet, content, $"{slug}-{packet.Recipient}-{id}.zip");
    }

    private static async Task<IResult> Rebuild(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets
    )
    {
        if (context.FindPacket(packets, id) is not { } packet)
            return Refusal.NotFound.ToProblem();
        var campaign = campaigns.Get(packet.CampaignId);
        if (await packets.RebuildAsync(packet, campaign.Slug, context.Actor()) is { } refusal)
            return refusal.ToProblem();
        return TypedResults.Accepted(
            context.Request.PublicAddress($"/api/staff/packets/{id}"),
            PacketView.From(packets.Find(packet.Id)!, campaign)
        );
    }
}
