using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Packets;

namespace Campaigns.Api.Endpoints.Packets;

/// <summary>
/// The signatures that were confirmed at the cut-off: shown by name, shown by initials, only
/// counted, and removed since.
/// </summary>
internal sealed record PacketCountsView(long Confirmed, long Name, long Initials, long Count, long RemovedSince)
{
    public static PacketCountsView From(PacketCounts counts) =>
        new(counts.Confirmed, counts.Name, counts.Initials, counts.Count, counts.RemovedSince);
}

/// <summary>
/// What a packet would show. Left has the signatures that are shown with less than was asked for:
/// choice, recipient, recipient-added-later or erased. Signatures is the number shown or counted.
/// Warnings are approval-needed, disclosure-lowered, cut-off-moved or no-signatures.
/// </summary>
internal sealed record PacketPreviewView(
    IReadOnlyList<string> Countries,
    string Disclosure,
    string DisclosureAsked,
    CutOff CutOff,
    IReadOnlyDictionary<string, PacketCountsView> Counts,
    IReadOnlyList<LimitedSignatures> Left,
    long Signatures,
    long Volumes,
    IReadOnlyList<string> Warnings
)
{
    public static PacketPreviewView From(CheckedPacket packet, CutOff cutOff, PacketPreview preview) =>
        new(
            packet.Order.Countries,
            packet.Order.Disclosure.Text(),
            packet.Request.Disclosure.Text(),
            cutOff,
            preview.Counts.ToDictionary(pair => pair.Key, pair => PacketCountsView.From(pair.Value)),
            preview.Limited,
            preview.Counts.Values.Sum(counts => counts.Signatures),
            preview.Volumes,
            PreviewWarning.Find(packet.Order, packet.Request.Disclosure, cutOff.Size != packet.CutOff.Size, preview)
        );
}

/// <summary>What a packet would show, before it is ordered.</summary>
internal static class PacketPreviewEndpoints
{
    public static void MapPacketPreviews(this RouteGroupBuilder staff) =>
        staff
            .MapPost("/campaigns/{slug}/packets/preview", Preview)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .StopsWhileFrozen()
            .Describe("previewPacket", Tag.StaffPackets, "Counts what a packet would show. Stores nothing of it.")
            .AcceptsJson(PacketExamples.New)
            .ProducesJson(PacketExamples.Preview)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.RateLimited,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );

    private static async Task<IResult> Preview(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        PacketStore packets,
        PacketPreviewStore previews
    )
    {
        var context = request.HttpContext;
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var order = await JsonBody.ReadAsync(request, JsonBody.Small, fields =>
            PacketRequestParser.Read(fields, campaign)
        );
        if (order.Value is not { } asked)
            return order.Refusal!.ToProblem();
        var packet = packets.Check(campaign, asked, context.Member().Scope());
        if (packet.Value is not { } fits)
            return packet.Refusal!.ToProblem();
        if (await previews.RecordAsync(fits, context.Actor()) is { } limited)
            return limited.ToProblem();
        var (cutOff, preview) = previews.Preview(fits);
        if (SupplementRules.RefuseCutOff(cutOff.Size, fits.Earlier) is { } empty)
            return empty.ToProblem();
        return TypedResults.Ok(PacketPreviewView.From(fits, cutOff, preview));
    }
}
