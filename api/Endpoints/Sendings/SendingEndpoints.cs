using Campaigns.Api.Endpoints.Timeline;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Sendings;
using Campaigns.Db.Staff;
using Campaigns.Timeline;

namespace Campaigns.Api.Endpoints.Sendings;

/// <summary>Staff test an update, send it to subscribers, pause, resume and cancel that.</summary>
internal static class SendingEndpoints
{
    private const string One = "/campaigns/{slug}/updates/{id}";

    public static void MapSendings(this RouteGroupBuilder staff)
    {
        staff
            .MapPost($"{One}/test", TestAsync)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .Describe("testUpdate", Tag.StaffTimeline, "Mails an update to the confirmed address of the member.")
            .AcceptsJson(new TestUpdateRequest("nl"))
            .Produces(StatusCodes.Status202Accepted)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.WrongState,
                Refusal.RateLimited,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
        staff
            .MapGet($"{One}/audience", Count)
            .RequireRole(Role.Campaigner)
            .Describe("countAudience", Tag.StaffTimeline, "Counts the subscribers who would get an update now.")
            .Parameter("countries", "Their countries; all if missing.", "GB,NL")
            .Parameter("locales", "Their languages; all if missing.", "en,nl")
            .ProducesJson(new RecipientsView(48213))
            .ProducesProblems(Refusal.Invalid, Refusal.Overloaded);
        staff
            .MapPost($"{One}/send", SendAsync)
            .RequireRole(Role.Campaigner)
            .StopsWhileFrozen()
            .Describe(
                "sendUpdate",
                Tag.StaffTimeline,
                "Sends a published update to the subscribers, each once, at once or later."
            )
            .AcceptsJson(
                new SendUpdateRequest(
                    new AudienceBody(["GB", "NL"], ["en", "nl"]),
                    new DateTimeOffset(2019, 5, 18, 8, 0, 0, TimeSpan.Zero),
                    new HoursBody("08:00", "20:00")
                )
            )
            .AcceptsIdempotencyKey()
            .ProducesJson(new RecipientsView(48213), StatusCodes.Status202Accepted)
            .ProducesHeader(
                StatusCodes.Status202Accepted,
                "Location",
                "The update with its sending.",
                StaffTimelineEndpoints.Updates.AddressOf("chechnya-2019", TimelineExamples.Id)
            )
            .ProducesProblems(Refusal.WrongState, Refusal.AlreadySent);
        MapAct(staff, "pause", "Lets the letters that did not leave wait.", (store, one) => store.PauseAsync(one));
        MapAct(staff, "resume", "Goes on where it was paused.", (store, one) => store.ResumeAsync(one));
        MapAct(staff, "cancel", "Ends the sending early.", (store, one) => store.CancelAsync(one));
    }

    private static void MapAct(
        RouteGroupBuilder staff,
        string act,
        string summary,
        Func<SendingStore, SendingChange, Task<Refusal?>> change
    ) =>
        staff
            .MapPost($"{One}/{act}", async (string slug, string id, HttpContext context, SendingStore sendings) =>
                context.FindEntry(TimelineKind.Update, slug, id) is { } found
                    ? (
                        await change(sendings, new SendingChange(found.Campaign.Slug, found.Entry.Id, context.Actor()))
                    ).ToResult()
                    : Refusal.NotFound.ToProblem()
            )
            .RequireRole(Role.Campaigner)
            .Describe($"{act}Sending", Tag.StaffTimeline, summary + " Repeatable.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.WrongState, Refusal.Overloaded);

    private static IResult Count(
        string slug,
        string id,
        string? countries,
        string? locales,
        HttpContext context,
        SendingStore sendings
    )
    {
        if (context.FindEntry(TimelineKind.Update, slug, id) is not { } found)
            return Refusal.NotFound.ToProblem();
        var audience = SendingRequestParser.Read(countries, locales);
        return audience.Value is { } asked
            ? TypedResults.Ok(new RecipientsView(sendings.Count(found.Campaign.Id, asked)))
            : audience.Refusal!.ToProblem();
    }

    private static async Task<IResult> SendAsync(
        string slug,
        string id,
        HttpRequest request,
        SendingStore sendings,
        IdempotentRequests requests,
        TimeProvider time
    )
    {
        var context = request.HttpContext;
        if (context.FindEntry(TimelineKind.Update, slug, id) is not { } found)
            return Refusal.NotFound.ToProblem();
        return await requests.RunAsync(
            request,
            JsonBody.Large,
            fields => SendingRequestParser.Read(fields, time.UtcNow()),
            (write, order) =>
            {
                var begun = sendings.Begin(write, found.Campaign, found.Entry.Id, order, context.Actor());
                return begun.Refusal is { } refusal
                    ? refusal
                    : requests.Answer(
                        StatusCodes.Status202Accepted,
                        StaffTimelineEndpoints.Updates.AddressOf(slug, id),
                        new RecipientsView(begun.Value)
                    );
            }
        );
    }

    private static async Task<IResult> TestAsync(string slug, string id, HttpRequest request, UpdateTestStore tests)
    {
        var context = request.HttpContext;
        if (context.FindEntry(TimelineKind.Update, slug, id) is not { } found)
            return Refusal.NotFound.ToProblem();
        var locale = await JsonBody.ReadAsync(request, JsonBody.Small, fields => ReadLocale(fields, found));
        if (locale.Value is not { } asked)
            return locale.Refusal!.ToProblem();
        return await tests.SendAsync(found.Campaign, found.Entry.Id, asked, context.Actor()) is { } refusal
            ? refusal.ToProblem()
            : TypedResults.StatusCode(StatusCodes.Status202Accepted);
    }

    private static Outcome<string> ReadLocale(JsonFields fields, ReachedEntry found)
    {
        var locale = fields.Only("locale").String("locale");
        if (locale is not null && CampaignFields.LocaleProblem(locale) is { } problem)
            fields.Errors.Add("locale", problem);
        return fields.Errors.ToRefusal() is { } refusal
            ? refusal
            : locale ?? ((UpdateDraft)found.Entry.Draft).Texts[0].Locale;
    }
}
