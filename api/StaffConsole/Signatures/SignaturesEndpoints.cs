using System.Text.Json.Nodes;
using Campaigns.Api.Endpoints.Packets;
using Campaigns.Api.Endpoints.Signatures;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Campaigns.Api.StaffConsole.Signatures;

/// <summary>
/// Signatures by what is known of them: an exact address, an id, a printed line, or conditions
/// without personal data.
/// </summary>
internal static class SignaturesEndpoints
{
    private const int MostPackets = 100;

    private static readonly string[] _fields = ["state", "country", "holdReason", "wave", "window", "from", "to"];

    public static string Address(string slug) => $"/staff/c/{slug}/signatures";

    public static string Address(string slug, long id) => $"{Address(slug)}/{Ids.Text(id)}";

    public static void MapSignatures(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/signatures", List).For(Role.Campaigner);
        screens.MapPage("/c/{slug}/signatures/find", FindById).For(Role.Campaigner);
        screens.MapPost("/c/{slug}/signatures/find", FindByAddressAsync).For(Role.Campaigner);
        screens.MapPage("/c/{slug}/signatures/line", FindByLineAsync).For(Role.Campaigner);
        screens.MapOneSignature();
    }

    private static IResult List(string slug, HttpContext context, CampaignStore campaigns) =>
        campaigns.Find(slug) is { } campaign
            ? Render(context, campaign, new SignatureSearch())
            : PageResults.NotFound();

    private static IResult FindById(
        string slug,
        string? id,
        HttpContext context,
        CampaignStore campaigns,
        StaffSignatureReader signatures
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return PageResults.NotFound();
        if (id is null)
            return PageResults.SeeOther(context.Request, Address(slug));
        if (!Ids.TryParse(id.Trim(), out var number))
            return Render(context, campaign, Refused("Error.id", StatusCodes.Status400BadRequest));
        return signatures.Has(campaign.Id, number)
            ? PageResults.SeeOther(context.Request, Address(slug, number))
            : Render(context, campaign, Refused("Error.id.Unknown", StatusCodes.Status404NotFound));

        SignatureSearch Refused(string sentence, int status) =>
            SignatureSearch.Refused("id", sentence, status) with
            {
                Id = id,
            };
    }

    // POST, because an address belongs in no URL.
    private static async Task<IResult> FindByAddressAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        StaffSignatureReader signatures
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return PageResults.NotFound();
        var typed = FormJson.Typed((await context.Request.ReadFormAsync())["email"]);
        var read = FormJson.Read(new JsonObject { ["email"] = typed }, TextFields.ReadEmail);
        return Render(
            context,
            campaign,
            read.Value is { } email
                ? new SignatureSearch { Found = await signatures.FindAsync(campaign, email, context.Actor()) }
                : SignatureSearch.Refused("email", "Error.email", StatusCodes.Status400BadRequest) with
                {
                    Email = typed,
                }
        );
    }

    private static async Task<IResult> FindByLineAsync(
        string slug,
        string? packet,
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
        if (campaigns.Find(slug) is not { } campaign)
            return PageResults.NotFound();
        var query = new PacketLineQuery(country, volume?.Trim(), line?.Trim());
        var search = new SignatureSearch { Packet = packet, Line = query };
        if (context.FindPacket(packets, packet ?? "") is not { } found || found.CampaignId != campaign.Id)
            return Render(context, campaign, Refused("packet", "Error.packet", StatusCodes.Status400BadRequest));
        var outcome = await query.FindAsync(found, slug, lines, audit, context.Actor());
        if (outcome.Value is { } printed)
            return PageResults.SeeOther(context.Request, Address(slug, printed.Signature));
        var refusal = outcome.Refusal!;
        return Render(
            context,
            campaign,
            refusal.Errors is { } errors
                ? search with
                {
                    Wrong =
                    [
                        .. errors.Keys.Select(LineId).Select(field => KeyValuePair.Create(field, "Error." + field)),
                    ],
                    Status = StatusCodes.Status400BadRequest,
                }
                : Refused("packet", "Error.packet." + refusal.Code, Problems.Status(refusal.Code))
        );

        SignatureSearch Refused(string field, string sentence, int status) =>
            search with
            {
                Wrong = [new(field, sentence)],
                Status = status,
            };
    }

    // The filter of the same page has a country too.
    private static string LineId(string field) => field == "country" ? "line-country" : field;

    private static RazorComponentResult<SignaturesPage> Render(
        HttpContext context,
        Campaign campaign,
        SignatureSearch search
    )
    {
        var services = context.RequestServices;
        var address = new FilterAddress(Address(campaign.Slug), context.Request.Query, _fields);
        // A search has fields of its own.
        var isList = context.Request.Path.Value!.EndsWith("/signatures", StringComparison.Ordinal);
        var page = ListRequest.Read(context.Request);
        var filter = SignatureFilterParser.Read(
            name => isList ? FormJson.Instant(address[name]) : null,
            services.GetRequiredService<TimeProvider>().UtcNow()
        );
        var refusal = filter.Refusal ?? page.Refusal;
        var list = refusal is null && isList
            ? page.Value!.Page(
                services
                    .GetRequiredService<StaffSignatureReader>()
                    .List(campaign.Id, filter.Value!, page.Value!.Before, page.Value.Rows),
                row => row.Id,
                row => row
            )
            : null;
        return PageResults.Page<SignaturesPage>(
            new
            {
                Campaign = campaign,
                Address = isList ? address : new FilterAddress(address.Path, QueryCollection.Empty, _fields),
                Filter = filter.Value,
                Signatures = list?.Items,
                list?.Next,
                Search = search,
                Packets = services
                    .GetRequiredService<PacketStore>()
                    .List(campaign.Id, null, long.MaxValue, MostPackets),
                Refusal = refusal,
            },
            refusal is null ? search.Status : StatusCodes.Status400BadRequest
        );
    }
}
