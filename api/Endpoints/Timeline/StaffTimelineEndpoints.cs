using Campaigns.Api.Endpoints.Sendings;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Handovers;
using Campaigns.Db.Sendings;
using Campaigns.Db.Staff;
using Campaigns.Db.Timeline;
using Campaigns.Timeline;
using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>What staff write into the timeline of a campaign.</summary>
internal static class StaffTimelineEndpoints
{
    public static EntryResource<UpdateRequest, UpdateView> Updates { get; } =
        new(
            TimelineKind.Update,
            [Role.Campaigner, Role.Organiser],
            TimelineRequestParser.ReadUpdate,
            draft => UpdateRequest.From((UpdateDraft)draft),
            UpdateView.From
        )
        {
            Complete = (services, entry, view) =>
                services.GetRequiredService<SendingStore>().Find(entry.Id) is { } sending
                    ? view with
                    {
                        Sending = SendingView.From(sending),
                    }
                    : view,
        };

    // Developments and events have no draft, and an organiser publishes nothing.
    public static EntryResource<DevelopmentRequest, DevelopmentView> Developments { get; } =
        new(
            TimelineKind.Development,
            [Role.Campaigner],
            TimelineRequestParser.ReadDevelopment,
            draft => DevelopmentRequest.From((DevelopmentDraft)draft),
            DevelopmentView.From
        );

    public static EntryResource<EventRequest, EventView> Events { get; } =
        new(
            TimelineKind.Event,
            [Role.Campaigner],
            TimelineRequestParser.ReadEvent,
            draft => EventRequest.From((EventDraft)draft),
            EventView.From
        );

    public static void MapStaffTimeline(this RouteGroupBuilder staff)
    {
        staff.MapEntries<UpdateRequest, ChangeUpdateRequest, UpdateView>(
            Updates,
            new EntryWords(
                "Update",
                "Lists the updates of a campaign, newest first; an organiser's are those of organisers.",
                "Writes the draft of an update.",
                "Shows an update with what it said before corrections.",
                "Changes an update by a merge patch. A published one is corrected: its earlier text is kept.",
                "Deletes a draft, or withdraws a published update."
            ),
            TimelineExamples.NewUpdate,
            TimelineExamples.UpdateChange,
            TimelineExamples.Update
        );
        staff
            .MapPost("/campaigns/{slug}/updates/{id}/publish", PublishAsync)
            .RequireRole(Role.Campaigner)
            .Describe("publishUpdate", Tag.StaffTimeline, "Publishes an update that has a source.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.Invalid, Refusal.WrongState, Refusal.Overloaded);
        staff
            .MapGet("/campaigns/{slug}/updates/{id}/preview", Preview)
            .RequireRole(Role.Campaigner, Role.Organiser)
            .Describe("previewUpdate", Tag.StaffTimeline, "Shows the letter with an update as a subscriber gets it.")
            .Parameter("locale", "The language. Without it the first text.", "nl")
            .Parameter("format", "html or text; html if missing.", "text")
            .ProducesText<string>("text/html", "<h1>The Assembly calls for an investigation</h1>")
            .ProducesText<string>("text/plain", "The Assembly calls for an investigation")
            .ProducesProblems(Refusal.Invalid, Refusal.Overloaded);
        staff.MapEntries<DevelopmentRequest, ChangeDevelopmentRequest, DevelopmentView>(
            Developments,
            new EntryWords(
                "Development",
                "Lists the developments of a campaign, newest first.",
                "Publishes what an institution did.",
                "Shows a development with what it said before corrections.",
                "Corrects a development by a merge patch: its earlier text is kept.",
                "Withdraws a development."
            ),
            TimelineExamples.NewDevelopment,
            TimelineExamples.DevelopmentChange,
            TimelineExamples.Development
        );
        staff.MapEntries<EventRequest, ChangeEventRequest, EventView>(
            Events,
            new EntryWords(
                "Event",
                "Lists the events of a campaign, newest first.",
                "Publishes where people meet.",
                "Shows an event with what it said before corrections.",
                "Corrects an event by a merge patch: its earlier text is kept.",
                "Withdraws an event."
            ),
            TimelineExamples.NewEvent,
            TimelineExamples.EventChange,
            TimelineExamples.Event
        );
    }

    private static async Task<IResult> PublishAsync(
        string slug,
        string id,
        HttpContext context,
        TimelineStore timeline,
        TimeProvider time
    ) =>
        context.FindEntry(TimelineKind.Update, slug, id) is { } found
            ? (
                await timeline.PublishAsync(found.Campaign, found.Entry.Id, time.Today(found.Campaign), context.Actor())
            ).ToResult()
            : Refusal.NotFound.ToProblem();

    /// <summary>The letter with an update, also for the console.</summary>
    internal static IResult Preview(
        string slug,
        string id,
        string? locale,
        string? format,
        HttpContext context,
        UpdateLetterWriter letters
    )
    {
        if (context.FindEntry(TimelineKind.Update, slug, id) is not { } found)
            return Refusal.NotFound.ToProblem();
        if (format is not (null or "html" or "text"))
            return Refusal.Validation("format", "Choose html or text.").ToProblem();
        if (locale is not null && CampaignFields.LocaleProblem(locale) is { } problem)
            return Refusal.Validation("locale", problem).ToProblem();
        var letter = letters.Test(found.Entry.Id, locale ?? ((UpdateDraft)found.Entry.Draft).Texts[0].Locale);
        if (format == "text")
            return TypedResults.Text(PlainLetter.Render(letter), "text/plain; charset=utf-8");
        // A page of its own, opened in a browser with the session of staff.
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        return TypedResults.Text(HtmlLetter.Render(letter), "text/html; charset=utf-8");
    }
}
