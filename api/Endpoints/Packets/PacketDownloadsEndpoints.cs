using System.Globalization;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Packets;

namespace Campaigns.Api.Endpoints.Packets;

/// <summary>
/// A download of the file or of a part of it. A null <c>Staff</c> means the operator at the command
/// line.
/// </summary>
internal sealed record PacketDownloadView(string Id, DateTimeOffset At, string? Staff)
{
    public static PacketDownloadView From(AuditEntry entry) => new(entry.Id, entry.At, entry.Staff);
}

/// <summary>Who downloaded a packet, from the audit trail.</summary>
internal static class PacketDownloadsEndpoints
{
    public static void MapPacketDownloads(this RouteGroupBuilder staff) =>
        staff
            .MapGet("/packets/{id}/downloads", List)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .Describe("listPacketDownloads", Tag.StaffPackets, "Lists who downloaded a packet, newest first.")
            .ProducesList(PacketExamples.Download);

    /// <summary>The lines of the audit trail about downloads of a packet, newest first.</summary>
    public static AuditFilter Filter(Packet packet) =>
        new()
        {
            Action = PacketEndpoints.DownloadAction,
            Subject = Ids.Text(packet.Id),
            NewestFirst = true,
        };

    private static IResult List(string id, HttpContext context, PacketStore packets, AuditStore audit)
    {
        if (context.FindPacket(packets, id) is not { } packet)
            return Refusal.NotFound.ToProblem();
        var page = ListRequest.Read(context.Request);
        return page.Value is { } asked
            ? TypedResults.Ok(
                asked.Page(
                    audit.List(Filter(packet), asked.After, asked.Rows),
                    entry => long.Parse(entry.Id, CultureInfo.InvariantCulture),
                    PacketDownloadView.From
                )
            )
            : page.Refusal!.ToProblem();
    }
}

internal static class ReachedPackets
{
    /// <summary>
    /// The packet, or null when there is none or not all of its countries are the member's.
    /// </summary>
    public static Packet? FindPacket(this HttpContext context, PacketStore packets, string id) =>
        Ids.TryParse(id, out var number)
        && packets.Find(number) is { } packet
        && PacketRules.IsInScope(packet.Countries, context.Member().Scope())
            ? packet
            : null;
}
