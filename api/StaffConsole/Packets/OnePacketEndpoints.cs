using Campaigns.Api.Endpoints.Packets;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Handovers;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Packets;

namespace Campaigns.Api.StaffConsole.Packets;

/// <summary>One packet: its state, its files, who downloaded it, and its printed lines.</summary>
internal static class OnePacketEndpoints
{
    private const int MostDownloads = 50;

    // Seconds. Browsers load the page again without a script.
    private const string ReloadAfter = "3";

    public static void MapOnePacket(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/packets/{id}", ShowAsync).For(Role.Campaigner, Role.Organiser, Role.Auditor);
        screens
            .MapPost("/c/{slug}/packets/{id}/rebuild", RebuildAsync)
            .For(Role.Campaigner, Role.Organiser)
            .StopsWhileFrozen();
        screens.MapPage("/c/{slug}/packets/{id}/line", FindLineAsync).For(Role.Campaigner);
        screens.MapPacketDecisions();
    }

    private static async Task<IResult> ShowAsync(
        string slug,
        string id,
        bool? still,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        PacketPreviewStore previews,
        HandoverReader handovers,
        AuditStore audit
    )
    {
        if (Find(context, campaigns, packets, slug, id) is not var (campaign, packet))
            return PageResults.NotFound();
        var isBuilding = PacketLifecycle.Find(packet.Status, PacketAct.Claim).Status is not null;
        if (!isBuilding)
            // A page that reloads itself during the build shows no content yet.
            await audit.WriteAsync(context.Actor(), PacketEndpoints.LookAction, slug, id);
        else if (still != true)
            context.Response.Headers["Refresh"] = ReloadAfter;
        return PageResults.Page<PacketPage>(
            new
            {
                Campaign = campaign,
                Packet = packet,
                IsBuilding = isBuilding,
                IsStill = still == true,
                Stale = previews.FindChange(packet),
                Handover = handovers
                    .FindCarrying(campaign, [packet.Id], context.Member().Scope())
                    .GetValueOrDefault(packet.Id),
                Downloads = audit.List(PacketDownloadsEndpoints.Filter(packet), null, MostDownloads),
            }
        );
    }

    private static async Task<IResult> RebuildAsync(
        string slug,
        string id,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets
    )
    {
        if (Find(context, campaigns, packets, slug, id) is not var (_, packet))
            return PageResults.NotFound();
        await packets.RebuildAsync(packet, slug, context.Actor());
        return PageResults.SeeOther(context.Request, $"{PacketsEndpoints.Address(slug)}/{id}");
    }

    private static async Task<IResult> FindLineAsync(
        string slug,
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
        if (Find(context, campaigns, packets, slug, id) is not var (campaign, packet))
            return PageResults.NotFound();
        var form = new PacketLineQuery(country, volume, line);
        var found = await form.FindAsync(packet, campaign.Slug, lines, audit, context.Actor());
        return PageResults.Page<PacketLinePage>(
            new
            {
                Campaign = campaign,
                Packet = packet,
                Form = form,
                Found = found.Value,
                found.Refusal,
            },
            found.Refusal is { } refusal ? Problems.Status(refusal.Code) : StatusCodes.Status200OK
        );
    }

    /// <summary>The packet of the campaign, if the member reaches both.</summary>
    public static (Campaign Campaign, Packet Packet)? Find(HttpContext context, string slug, string id) =>
        Find(
            context,
            context.RequestServices.GetRequiredService<CampaignStore>(),
            context.RequestServices.GetRequiredService<PacketStore>(),
            slug,
            id
        );

    private static (Campaign Campaign, Packet Packet)? Find(
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        string slug,
        string id
    ) =>
        context.FindCampaign(campaigns, slug) is { } campaign
        && context.FindPacket(packets, id) is { } packet
        && packet.CampaignId == campaign.Id
            ? (campaign, packet)
            : null;
}
