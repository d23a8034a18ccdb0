using Campaigns.Api.Endpoints.Packets;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Ledger;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Packets;

namespace Campaigns.Api.StaffConsole.Packets;

/// <summary>The packets of a campaign, and ordering one after a preview in numbers.</summary>
internal static class PacketsEndpoints
{
    public static string Address(string slug) => $"/staff/c/{slug}/packets";

    public static void MapPackets(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/packets", ListAsync).For(Role.Campaigner, Role.Organiser, Role.Auditor);
        screens.MapPage("/c/{slug}/packets/new", ShowForm).For(Role.Campaigner, Role.Organiser);
        screens
            .MapPage("/c/{slug}/packets/preview", PreviewAsync)
            .For(Role.Campaigner, Role.Organiser)
            .StopsWhileFrozen();
        screens.MapPost("/c/{slug}/packets", CreateAsync).For(Role.Campaigner, Role.Organiser).StopsWhileFrozen();
        screens.MapOnePacket();
    }

    private static async Task<IResult> ListAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        AuditStore audit
    )
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return PageResults.NotFound();
        if (ListRequest.Read(context.Request).Value is not { } asked)
            return PageResults.NotFound();
        await audit.WriteAsync(context.Actor(), PacketEndpoints.ListAction, slug);
        var page = asked.Page(
            packets.List(campaign.Id, context.Member().Scope(), asked.Before, asked.Rows),
            packet => packet.Id,
            packet => packet
        );
        return PageResults.Page<PacketsPage>(
            new
            {
                Campaign = campaign,
                Packets = page.Items,
                page.Next,
            }
        );
    }

    private static IResult ShowForm(string slug, HttpContext context, CampaignStore campaigns, LedgerStore ledger) =>
        context.FindCampaign(campaigns, slug) is { } campaign
            ? RenderForm(campaign, ledger, PacketForm.From(name => context.Request.Query[name]), refusal: null)
            : PageResults.NotFound();

    private static async Task<IResult> PreviewAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        PacketPreviewStore previews,
        LedgerStore ledger
    )
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return PageResults.NotFound();
        var form = PacketForm.From(name => context.Request.Query[name]);
        var outcome = Check(campaign, form, packets, context);
        if (outcome.Value is not { } packet)
            return RenderForm(campaign, ledger, form, outcome.Refusal);
        if (await previews.RecordAsync(packet, context.Actor()) is { } limited)
            return RenderForm(campaign, ledger, form, limited);
        var (cutOff, preview) = previews.Preview(packet);
        if (SupplementRules.RefuseCutOff(cutOff.Size, packet.Earlier) is { } empty)
            return RenderForm(campaign, ledger, form, empty);
        return PageResults.Page<PacketPreviewPage>(
            new
            {
                Campaign = campaign,
                Form = form,
                Packet = packet,
                CutOff = cutOff,
                Preview = preview,
            }
        );
    }

    private static async Task<IResult> CreateAsync(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        PacketStore packets,
        Database database,
        LedgerStore ledger
    )
    {
        var context = request.HttpContext;
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return PageResults.NotFound();
        var fields = await request.ReadFormAsync();
        var form = PacketForm.From(name => fields[name]);
        var checkedPacket = Check(campaign, form, packets, context);
        if (checkedPacket.Value is not { } packet)
            return RenderForm(campaign, ledger, form, checkedPacket.Refusal);
        var created = await database.Writes.RunAsync(write => packets.Create(write, packet, context.Actor()));
        return created.Value is { } made
            ? PageResults.SeeOther(request, $"{Address(slug)}/{Ids.Text(made.Id)}")
            : RenderForm(campaign, ledger, form, created.Refusal);
    }

    private static Outcome<CheckedPacket> Check(
        Campaign campaign,
        PacketForm form,
        PacketStore packets,
        HttpContext context
    )
    {
        var request = form.Read(campaign);
        return request.Value is { } asked ? packets.Check(campaign, asked, context.Member().Scope()) : request.Refusal!;
    }

    private static IResult RenderForm(Campaign campaign, LedgerStore ledger, PacketForm form, Refusal? refusal) =>
        PageResults.Page<NewPacketPage>(
            new
            {
                Campaign = campaign,
                Head = ledger.GetHead(campaign.Id),
                Form = form,
                Refusal = refusal,
            },
            refusal is null ? StatusCodes.Status200OK : Problems.Status(refusal.Code)
        );
}
