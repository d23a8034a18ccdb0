using Campaigns.Api.Endpoints.Handovers;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Handovers;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Campaigns.Handovers;
using Microsoft.AspNetCore.Mvc;

namespace Campaigns.Api.StaffConsole.Handovers;

/// <summary>The board of a campaign's hand-overs, and planning one.</summary>
internal static class HandoversEndpoints
{
    // As many as a page of packets at most has in the API.
    private const int MostPackets = 200;

    public static string Address(string slug) => $"/staff/c/{slug}/handovers";

    public static string Address(string slug, long id) => $"{Address(slug)}/{Ids.Text(id)}";

    public static void MapHandovers(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/handovers", ListAsync).For(Role.Campaigner, Role.Organiser, Role.Auditor);
        screens.MapPage("/c/{slug}/handovers/new", ShowForm).For(Role.Campaigner, Role.Organiser);
        screens
            .MapPost("/c/{slug}/handovers", CreateAsync)
            .For(Role.Campaigner, Role.Organiser)
            .WithMetadata(new RequestSizeLimitAttribute(JsonBody.Large));
        screens.MapOneHandover();
        screens.MapHandoverForms();
        screens.MapEvidenceScreens();
    }

    /// <summary>The keys of the recipients that the member reaches; null for all.</summary>
    public static IReadOnlyList<string>? Reached(Campaign campaign, IReadOnlyList<string>? scope) =>
        scope is null
            ? null
            :
            [
                .. campaign
                    .Recipients.Select(recipient => recipient.Key)
                    .Where(key => HandoverRules.IsInScope(campaign, key, scope)),
            ];

    /// <summary>The packets for a recipient that the member reaches, newest first.</summary>
    public static IReadOnlyList<Packet> PacketsFor(
        this PacketStore packets,
        Campaign campaign,
        string recipient,
        IReadOnlyList<string>? scope
    ) =>
        [
            .. packets
                .List(campaign.Id, scope, long.MaxValue, MostPackets)
                .Where(packet => packet.Recipient == recipient),
        ];

    private static async Task<IResult> ListAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        HandoverReader handovers,
        AuditStore audit,
        TimeProvider time
    )
    {
        if (
            context.FindCampaign(campaigns, slug) is not { } campaign
            || ListRequest.Read(context.Request).Value is not { } asked
        )
            return PageResults.NotFound();
        await audit.WriteAsync(context.Actor(), HandoverEndpoints.ListAction, slug);
        var page = asked.Page(
            handovers.List(campaign.Id, Reached(campaign, context.Member().Scope()), asked.Before, asked.Rows),
            handover => handover.Id,
            handover => handover
        );
        return PageResults.Page<HandoversPage>(
            new
            {
                Campaign = campaign,
                Handovers = page.Items,
                page.Next,
                Today = time.Today(campaign),
            }
        );
    }

    private static IResult ShowForm(
        string slug,
        string? recipient,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets
    )
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return PageResults.NotFound();
        var scope = context.Member().Scope();
        var reached = Reached(campaign, scope);
        var isKnown =
            campaign.Recipients.Any(one => one.Key == recipient) && reached?.Contains(recipient!) is null or true;
        return PageResults.Page<NewHandoverPage>(
            new
            {
                Campaign = campaign,
                Recipient = isKnown ? recipient : null,
                Packets = isKnown ? packets.PacketsFor(campaign, recipient!, scope) : [],
            }
        );
    }

    private static async Task<IResult> CreateAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        PacketStore packets,
        HandoverStore handovers,
        Database database
    )
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return PageResults.NotFound();
        var scope = context.Member().Scope();
        var form = HandoverForm.From(await context.Request.ReadFormAsync());
        var read = FormJson.Read(form.ToJson(HandoverRequestParser.PlanFields), fields =>
            HandoverRequestParser.ReadNew(fields, campaign, scope)
        );
        var created = read.Value is { } plan
            ? await database.Writes.RunAsync(write => handovers.Create(write, campaign, plan, scope, context.Actor()))
            : read.Refusal!;
        if (created.Value is { } handover)
            return PageResults.SeeOther(context.Request, Address(slug, handover.Id));
        var isWrongRecipient = created.Refusal!.Errors?.ContainsKey("recipient") == true;
        return PageResults.Page<NewHandoverPage>(
            new
            {
                Campaign = campaign,
                Recipient = isWrongRecipient ? null : form["recipient"],
                Packets = isWrongRecipient ? [] : packets.PacketsFor(campaign, form["recipient"]!, scope),
                Form = form,
                created.Refusal,
            },
            Problems.Status(created.Refusal.Code)
        );
    }
}
