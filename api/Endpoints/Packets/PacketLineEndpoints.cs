using System.Globalization;
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
        var errors = new FieldErrors();
        if (country is null)
            errors.Add("country", "Give the country of the volume.");
        var volumeNumber = Number("volume", volume, errors);
        var lineNumber = Number("line", line, errors);
        if (errors.ToRefusal() is { } invalid)
            return invalid.ToProblem();
        var found = lines.Find(packet, country!, volumeNumber, lineNumber);
        if (found.Value is not { } printed)
            return found.Refusal!.ToProblem();
        await audit.WriteAsync(
            context.Actor(),
            "packet.line-look",
            campaigns.Get(packet.CampaignId).Slug,
            id,
            string.Create(CultureInfo.InvariantCulture, $"{country} {volumeNumber} {lineNumber}")
        );
        return TypedResults.Ok(new PacketLineView(Ids.Text(printed.Signature), printed.State, printed.Reason));
    }

    private static int Number(string name, string? text, FieldErrors errors)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
            errors.Add(name, "This must be a whole number from 1.");
        return number;
    }
}
