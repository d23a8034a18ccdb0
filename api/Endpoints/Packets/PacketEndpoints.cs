using Campaigns.Api.Endpoints.Staff;
using Campaigns.Api.Http;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Packets;

namespace Campaigns.Api.Endpoints.Packets;

/// <summary>
/// The body for the OpenAPI document only; <see cref="PacketRequestParser"/> reads the fields.
/// </summary>
internal sealed record CreatePacketRequest(
    string Recipient,
    IReadOnlyList<string>? Countries,
    string? Disclosure,
    string? Locale,
    long? CutOff,
    IReadOnlyList<string>? Include
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
    string? Failure,
    IReadOnlyList<string> Attempts,
    DateOnly? AnswerDue,
    string? Answer
)
{
    /// <summary>
    /// Signatures is the number shown or counted in the packet; null until the packet is built.
    /// </summary>
    public static PacketView From(Packet packet, string slug) =>
        new(
            Ids.Text(packet.Id),
            slug,
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
            packet.Failure,
            [],
            null,
            null
        );
}

internal static class PacketEndpoints
{
    public static void MapPackets(this RouteGroupBuilder staff)
    {
        staff
            .MapPost("/campaigns/{slug}/packets", Create)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .AcceptsJson<CreatePacketRequest>()
            .Produces<PacketView>(StatusCodes.Status202Accepted)
            .ProducesProblems("validation", "body-too-large", "media-type", "overloaded");
        staff
            .MapGet("/campaigns/{slug}/packets", List)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .Produces<PacketView[]>();
        staff
            .MapGet("/packets/{id}", Show)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .Produces<PacketView>()
            .ProducesProblems("overloaded");
        staff
            .MapGet("/packets/{id}/file", Download)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .Produces(StatusCodes.Status200OK, contentType: "application/zip")
            .Produces(StatusCodes.Status206PartialContent, contentType: "application/zip")
            .Produces(StatusCodes.Status416RangeNotSatisfiable)
            .ProducesProblems("packet-not-ready", "packet-stale", "overloaded");
        staff
            .MapPost("/packets/{id}/rebuild", Rebuild)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .Produces<PacketView>(StatusCodes.Status202Accepted)
            .ProducesProblems("overloaded");
    }

    private static async Task<IResult> Create(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        PacketStore packets
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var context = request.HttpContext;
        var body = await JsonBody.ReadAsync(request, JsonBody.Small, fields =>
            PacketRequestParser.Read(fields, campaign)
        );
        if (body.Value is not { } packet)
            return body.Refusal!.ToProblem();
        var outcome = await packets.RequestAsync(campaign, packet, context.Member().Scope(), context.Actor());
        return outcome.Refusal is { } refusal
            ? refusal.ToProblem()
            : TypedResults.Accepted(
                $"/api/staff/packets/{Ids.Text(outcome.Value)}",
                PacketView.From(packets.Find(outcome.Value)!, slug)
            );
    }

    private static async Task<IResult> List(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        AuditStore audit
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        await audit.WriteAsync(context.Actor(), "packet.list", slug);
        return TypedResults.Ok(
            packets
                .List(campaign.Id)
                .Where(packet => Reaches(context.Member(), packet))
                .Select(packet => PacketView.From(packet, slug))
                .ToArray()
        );
    }

    private static async Task<IResult> Show(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        AuditStore audit
    )
    {
        if (Find(id, context, packets) is not { } packet)
            return Refusal.NotFound.ToProblem();
        var slug = campaigns.Get(packet.CampaignId).Slug;
        await audit.WriteAsync(context.Actor(), "packet.look", slug, id);
        return TypedResults.Ok(PacketView.From(packet, slug));
    }

    private static async Task<IResult> Download(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        AuditStore audit
    )
    {
        if (Find(id, context, packets) is not { } packet)
            return Refusal.NotFound.ToProblem();
        if (PacketLifecycle.Find(packet.Status, PacketAct.Download).Refusal is { } refusal)
            return refusal.ToProblem();
        if (packets.OpenFile(packet.Id) is not { } content)
            return Refusal.PacketNotReady.ToProblem();
        var slug = campaigns.Get(packet.CampaignId).Slug;
        await audit.WriteAsync(context.Actor(), "packet.download", slug, id);
        return TypedResults.File(
            content,
            "application/zip",
            $"{slug}-{packet.Recipient}-{id}.zip",
            enableRangeProcessing: true
        );
    }

    private static async Task<IResult> Rebuild(
        string id,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets
    )
    {
        if (Find(id, context, packets) is not { } packet)
            return Refusal.NotFound.ToProblem();
        var slug = campaigns.Get(packet.CampaignId).Slug;
        await packets.RebuildAsync(packet, slug, context.Actor());
        return TypedResults.Accepted($"/api/staff/packets/{id}", PacketView.From(packets.Find(packet.Id)!, slug));
    }

    private static Packet? Find(string id, HttpContext context, PacketStore packets) =>
        Ids.TryParse(id, out var number) && packets.Find(number) is { } packet && Reaches(context.Member(), packet)
            ? packet
            : null;

    // An organiser sees only packets whose countries are all theirs.
    private static bool Reaches(StaffMember member, Packet packet) =>
        PacketRules.IsInScope(packet.Countries, member.Scope());
}
