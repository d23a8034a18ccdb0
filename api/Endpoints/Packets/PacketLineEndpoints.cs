using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Packets;

/// <summary>
/// The signature on a printed line, its state now, and why it was invalidated if it was.
/// </summary>
internal sealed record PacketLineView(string Signature, string State, string? Reason);

/// <summary>From a line on paper to the signature, so that staff can invalidate it.</summary>
internal static class PacketLineEndpoints
{
    public static void MapPacketLines(this RouteGroupBuilder staff) =>
        staff
            .MapGet("/packets/{id}/lines", Find)
            .RequireRole(Role.Campaigner)
            .WithMetadata(new HoldsPeople())
            .Describe(
                "findPacketLine",
                Tag.StaffPackets,
                "Finds the signature on a printed line, also of a stale packet."
            )
            .Parameter("country", "The country of the volume.", "NO")
            .Parameter("volume", "The number of the volume.", 1)
            .Parameter("line", "The printed number of the line.", 17)
            .ProducesJson(new PacketLineView("463856467968002049", "invalidated", "not a name"))
            .ProducesProblems(Refusal.Invalid, Refusal.PacketNotReady, Refusal.PacketEnded, Refusal.Overloaded);

    private static async Task<IResult> Find(
        string id,
        string? country,
        string? volume,
        string? line,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        PrintedLineStore lines,
        AuditStore audit
    )
    {
        if (!Ids.TryParse(id, out var number) || packets.Find(number) is not { } packet)
            return Refusal.NotFound.ToProblem();
        var found = await new PacketLineQuery(country, volume, line).FindAsync(
            packet,
            campaigns.Get(packet.CampaignId).Slug,
            lines,
            audit,
            context.Actor()
        );
        return found.Value is { } printed
            ? TypedResults.Ok(new PacketLineView(Ids.Text(printed.Signature), printed.State, printed.Reason))
            : found.Refusal!.ToProblem();
    }
}
