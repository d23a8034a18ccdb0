using System.Globalization;
using Campaigns.Api.Endpoints.Handovers;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;
using Campaigns.Db;
using Campaigns.Db.Handovers;
using Campaigns.Db.Packets;
using Campaigns.Db.Staff;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using RequestSizeLimitAttribute = Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute;

namespace Campaigns.Api.StaffConsole.Handovers;

/// <summary>The forms of a hand-over: its plan, its attempts and its answers.</summary>
internal static class HandoverFormEndpoints
{
    public const string Change = "change";
    public const string Attempt = "attempt";
    public const string Answer = "answer";

    private const string Reason = "reason";

    public static void MapHandoverForms(this RouteGroupBuilder screens)
    {
        Map(screens, Change, Change);
        Map(screens, Attempt, Attempt);
        Map(screens, "attempts/{n}", Attempt);
        Map(screens, Answer, Answer);
        Map(screens, "answer/{n}", Answer);
    }

    private static void Map(RouteGroupBuilder screens, string address, string kind)
    {
        var path = "/c/{slug}/handovers/{id}/" + address;
        screens
            .MapPage(path, (string slug, string id, HttpContext context) => Show(slug, id, kind, context))
            .For(Role.Campaigner, Role.Organiser);
        screens
            .MapPost(path, (string slug, string id, HttpContext context) => SaveAsync(slug, id, kind, context))
            .For(Role.Campaigner, Role.Organiser)
            .WithMetadata(new RequestSizeLimitAttribute(JsonBody.Large));
    }

    private static IResult Show(string slug, string id, string kind, HttpContext context) =>
        Find(slug, id, kind, context) is { } asked
            ? Render(context, asked, Stored(context, asked), refusal: null)
            : PageResults.NotFound();

    private static async Task<IResult> SaveAsync(string slug, string id, string kind, HttpContext context)
    {
        if (Find(slug, id, kind, context) is not { } asked)
            return PageResults.NotFound();
        var form = HandoverForm.From(await context.Request.ReadFormAsync());
        return await WriteAsync(context, asked, form) is { } refusal
            ? Render(context, asked, form, refusal)
            : PageResults.SeeOther(
                context.Request,
                HandoversEndpoints.Address(asked.Found.Campaign.Slug, asked.Found.Handover.Id)
            );
    }

    private static async Task<Refusal?> WriteAsync(HttpContext context, AskedForm asked, HandoverForm form)
    {
        var services = context.RequestServices;
        var records = services.GetRequiredService<HandoverRecordStore>();
        var writes = services.GetRequiredService<Database>().Writes;
        var (campaign, id) = (asked.Found.Campaign, asked.Found.Handover.Id);
        var (actor, today) = (context.Actor(), services.GetRequiredService<TimeProvider>().Today(campaign));
        switch (asked)
        {
            case { Kind: Change }:
                return (
                    await services
                        .GetRequiredService<HandoverStore>()
                        .ChangeAsync(
                            campaign,
                            id,
                            current =>
                                form["version"] != current.Tag().Text
                                    ? Refusal.ChangedMeanwhile
                                    : FormJson.Read(form.ToJson(HandoverRequestParser.PlanFields), fields =>
                                        HandoverRequestParser.ReadChange(fields, current)
                                    ),
                            context.Member().Scope(),
                            actor
                        )
                ).Refusal;
            case { Kind: Attempt, Number: { } number }:
                return (
                    await records.CorrectAttemptAsync(
                        campaign,
                        id,
                        number,
                        _ =>
                            FormJson.Read(form.ToJson([.. HandoverRequestParser.AttemptFields, Reason]), fields =>
                                HandoverRequestParser.ReadAttemptCorrection(fields, today)
                            ),
                        actor
                    )
                ).Refusal;
            case { Kind: Attempt }:
                var attempt = FormJson.Read(form.ToJson(HandoverRequestParser.AttemptFields), fields =>
                    HandoverRequestParser.ReadAttempt(fields, today)
                );
                return attempt.Value is { } tried
                    ? (await writes.RunAsync(write => records.AddAttempt(write, campaign, id, tried, actor))).Refusal
                    : attempt.Refusal;
            case { Number: { } number }:
                return (
                    await records.CorrectAnswerAsync(
                        campaign,
                        id,
                        number,
                        _ =>
                            FormJson.Read(form.ToJson([.. HandoverRequestParser.AnswerFields, Reason]), fields =>
                                HandoverRequestParser.ReadAnswerCorrection(fields, today)
                            ),
                        actor
                    )
                ).Refusal;
            default:
                var answer = FormJson.Read(form.ToJson(HandoverRequestParser.AnswerFields), fields =>
                    HandoverRequestParser.ReadAnswer(fields, today)
                );
                return answer.Value is { } given
                    ? (await writes.RunAsync(write => records.AddAnswer(write, campaign, id, given, actor))).Refusal
                    : answer.Refusal;
        }
    }

    private static AskedForm? Find(string slug, string id, string kind, HttpContext context)
    {
        if (context.FindScreenHandover(slug, id) is not { } found)
            return null;
        if (context.Request.RouteValues["n"] is not string typed)
            return new AskedForm(found, kind, null);
        return
            int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && (
                kind == Attempt
                    ? found.Handover.Attempts.Any(one => one.Number == number)
                    : found.Handover.Answers.Any(one => one.Number == number)
            )
            ? new AskedForm(found, kind, number)
            : null;
    }

    private static HandoverForm Stored(HttpContext context, AskedForm asked)
    {
        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var handover = asked.Found.Handover;
        return asked switch
        {
            { Kind: Change } => HandoverForm.From(HandoverRequest.From(handover.Plan), json),
            { Kind: Attempt, Number: { } number } => HandoverForm.From(
                AttemptRequest.From(handover.Attempts.First(one => one.Number == number).Draft),
                json
            ),
            { Number: { } number } => HandoverForm.From(
                AnswerRequest.From(handover.Answers.First(one => one.Number == number).Draft),
                json
            ),
            _ => HandoverForm.Empty,
        };
    }

    private static IResult Render(HttpContext context, AskedForm asked, HandoverForm form, Refusal? refusal)
    {
        var (campaign, handover) = asked.Found;
        var status = refusal is null ? StatusCodes.Status200OK : ConflictOf(refusal);
        if (asked.Kind == Answer)
            return PageResults.Page<AnswerPage>(
                new
                {
                    Campaign = campaign,
                    Handover = handover,
                    Recorded = asked.Number,
                    Form = form,
                    Refusal = refusal,
                },
                status
            );
        var packets = context.RequestServices.GetRequiredService<PacketStore>();
        if (asked.Kind == Attempt)
            return PageResults.Page<AttemptPage>(
                new
                {
                    Campaign = campaign,
                    Handover = handover,
                    Packets = handover.Plan.Packets.Select(packets.Find).OfType<Packet>().ToList(),
                    Recorded = asked.Number,
                    Form = form,
                    Refusal = refusal,
                },
                status
            );
        return PageResults.Page<ChangeHandoverPage>(
            new
            {
                Campaign = campaign,
                Handover = handover,
                Packets = packets
                    .PacketsFor(campaign, handover.Plan.Recipient, context.Member().Scope())
                    .UnionBy(handover.Plan.Packets.Select(packets.Find).OfType<Packet>(), packet => packet.Id)
                    .ToList(),
                Form = form,
                Refusal = refusal,
            },
            status
        );
    }

    // No file is asked for here, so a stale packet is a conflict and not a missing file, as in the API.
    private static int ConflictOf(Refusal refusal) =>
        refusal == Refusal.PacketStale ? StatusCodes.Status409Conflict : Problems.Status(refusal.Code);

    private sealed record AskedForm(ReachedHandover Found, string Kind, int? Number);
}
