using System.Globalization;
using Campaigns.Api.Endpoints.Timeline;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Api.StaffConsole.Parts;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Handovers;
using Campaigns.Db.Sendings;
using Campaigns.Db.Staff;
using Campaigns.Db.Timeline;
using Campaigns.Timeline;
using RequestSizeLimitAttribute = Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute;

namespace Campaigns.Api.StaffConsole.Updates;

/// <summary>What staff write into the timeline of a campaign.</summary>
internal static class UpdatesEndpoints
{
    public static string Address(string slug) => $"/staff/c/{slug}/updates";

    public static void MapUpdates(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/updates", Show).For(Role.Campaigner, Role.Organiser);
        screens.MapPage("/c/{slug}/updates/new", ShowNew).For(Role.Campaigner, Role.Organiser);
        screens.MapLargePost("/c/{slug}/updates/new", CreateAsync);
        screens.MapPage("/c/{slug}/updates/{id}", ShowEntry).For(Role.Campaigner, Role.Organiser);
        screens.MapPage("/c/{slug}/updates/{id}/edit", ShowEdit).For(Role.Campaigner, Role.Organiser);
        screens.MapLargePost("/c/{slug}/updates/{id}/edit", ChangeAsync);
        screens.MapPost("/c/{slug}/updates/{id}/publish", PublishAsync).For(Role.Campaigner);
        screens.MapSendingScreens();
        screens.MapPage("/c/{slug}/updates/{id}/remove", ShowRemove).For(Role.Campaigner, Role.Organiser);
        screens.MapPost("/c/{slug}/updates/{id}/remove", RemoveAsync).For(Role.Campaigner, Role.Organiser);
    }

    /// <summary>The title of an entry in the reader's language.</summary>
    public static string TitleOf(TimelineEntry entry, string locale, Campaign campaign) =>
        entry.Draft switch
        {
            UpdateDraft update => update.Text(locale, campaign.Texts[0].Locale).Title,
            DevelopmentDraft development => development.Title,
            EventDraft meeting => meeting.Title,
            _ => throw new ArgumentOutOfRangeException(nameof(entry)),
        };

    private static void MapLargePost(this RouteGroupBuilder screens, string pattern, Delegate handler) =>
        screens
            .MapPost(pattern, handler)
            .For(Role.Campaigner, Role.Organiser)
            .WithMetadata(new RequestSizeLimitAttribute(JsonBody.Large));

    private static IResult Show(string slug, HttpContext context, CampaignStore campaigns, TimelineReader timeline)
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return PageResults.NotFound();
        var scope = context.Member().Scope();
        var kinds = KindsOf(context);
        return PageResults.Page<UpdatesPage>(
            new
            {
                Campaign = campaign,
                Kinds = kinds,
                Entries = kinds
                    .SelectMany(kind => timeline.List(campaign.Id, kind))
                    .Where(entry => TimelineRules.IsInScope(entry.Countries, scope))
                    .ToLookup(entry => entry.Kind),
            }
        );
    }

    private static IResult ShowNew(string slug, string? kind, HttpContext context, CampaignStore campaigns)
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign || !KindsOf(context).Contains(kind ?? ""))
            return PageResults.NotFound();
        return RenderNew(campaign, kind!, EntryForm.Empty(campaign.Texts.Select(text => text.Locale)));
    }

    private static async Task<IResult> CreateAsync(
        string slug,
        HttpRequest request,
        CampaignStore campaigns,
        TimelineStore timeline,
        Database database,
        TimeProvider time
    )
    {
        var context = request.HttpContext;
        var (form, act) = await ReadAsync(request);
        var kind = form["kind"];
        if (context.FindCampaign(campaigns, slug) is not { } campaign || !KindsOf(context).Contains(kind))
            return PageResults.NotFound();
        if (form.ChangeRows(act))
            return RenderNew(campaign, kind, form);
        form.RemoveEmptyRows();
        var read = Read(form, kind, time.Today(campaign));
        if (read.Value is not { } draft)
            return RenderNew(campaign, kind, form, read.Refusal);
        var created = await database.Writes.RunAsync(write =>
            timeline.Create(write, campaign, draft, context.Member().Scope(), context.Actor())
        );
        return created.Value is { } entry
            ? PageResults.SeeOther(request, $"{Address(slug)}/{Ids.Text(entry.Id)}")
            : RenderNew(campaign, kind, form, created.Refusal);
    }

    private static IResult ShowEntry(string slug, string id, HttpContext context, TimelineReader timeline) =>
        context.FindEntry(slug, id) is { } found ? RenderEntry(found, context, timeline) : PageResults.NotFound();

    private static IResult ShowEdit(string slug, string id, HttpContext context) =>
        context.FindEntry(slug, id) is { IsWritable: true, Entry.State: not EntryState.Withdrawn } found
            ? RenderEdit(found, EntryForm.From(found.Entry.Draft), VersionOf(found.Entry))
            : PageResults.NotFound();

    private static async Task<IResult> ChangeAsync(
        string slug,
        string id,
        HttpRequest request,
        TimelineStore timeline,
        TimeProvider time
    )
    {
        var context = request.HttpContext;
        if (context.FindEntry(slug, id) is not { IsWritable: true } found)
            return PageResults.NotFound();
        var (form, act) = await ReadAsync(request);
        var version = form["version"];
        if (form.ChangeRows(act))
            return RenderEdit(found, form, version);
        form.RemoveEmptyRows();
        var scope = context.Member().Scope();
        var changed = await timeline.ChangeAsync(
            found.Campaign,
            found.Entry.Id,
            current =>
                !TimelineRules.IsWritable(current.State, scope) ? Refusal.NotFound
                : VersionOf(current) != version ? Refusal.ChangedMeanwhile
                : Read(form, current.Kind, time.Today(found.Campaign)),
            context.Actor()
        );
        return changed.Value is not null
            ? PageResults.SeeOther(request, $"{Address(slug)}/{id}")
            : RenderEdit(found, form, version, changed.Refusal);
    }

    private static async Task<IResult> PublishAsync(
        string slug,
        string id,
        HttpContext context,
        TimelineStore timeline,
        TimelineReader reader,
        TimeProvider time
    )
    {
        if (context.FindEntry(slug, id) is not { } found)
            return PageResults.NotFound();
        var refusal = await timeline.PublishAsync(
            found.Campaign,
            found.Entry.Id,
            time.Today(found.Campaign),
            context.Actor()
        );
        return refusal is null
            ? PageResults.SeeOther(context.Request, $"{Address(slug)}/{id}")
            : RenderEntry(found, context, reader, refusal);
    }

    private static IResult ShowRemove(string slug, string id, HttpContext context) =>
        context.FindEntry(slug, id) is { IsWritable: true, Entry.State: not EntryState.Withdrawn } found
            ? PageResults.Page<RemoveEntryPage>(new { found.Campaign, found.Entry })
            : PageResults.NotFound();

    private static async Task<IResult> RemoveAsync(string slug, string id, HttpContext context, TimelineStore timeline)
    {
        if (context.FindEntry(slug, id) is not { } found)
            return PageResults.NotFound();
        var scope = context.Member().Scope();
        var refusal = await timeline.RemoveAsync(
            found.Campaign,
            found.Entry.Id,
            state => TimelineRules.IsWritable(state, scope),
            context.Actor()
        );
        if (refusal is not null)
            return PageResults.NotFound();
        var address = Address(slug);
        return PageResults.SeeOther(
            context.Request,
            found.Entry.State == EntryState.Draft ? address : $"{address}/{id}"
        );
    }

    // An organiser writes drafts, and only updates have them.
    private static IReadOnlyList<string> KindsOf(HttpContext context) =>
        context.Member().Scope() is null ? TimelineKind.Written : [TimelineKind.Update];

    private static async Task<(EntryForm Form, string Act)> ReadAsync(HttpRequest request)
    {
        var fields = await request.ReadFormAsync();
        return (EntryForm.From(fields), fields["act"].ToString());
    }

    private static Outcome<EntryDraft> Read(EntryForm form, string kind, DateOnly today) =>
        form.RepeatsLocale(EntryForm.Texts)
            ? Refusal.Validation(EntryForm.Texts, "Each locale has one text.")
            : FormJson.Read(form.ToJson(kind), fields => TimelineRequestParser.ReaderOf(kind)(fields, today));

    private static string VersionOf(TimelineEntry entry) => entry.Version.ToString(CultureInfo.InvariantCulture);

    private static IResult RenderNew(Campaign campaign, string kind, EntryForm form, Refusal? refusal = null) =>
        PageResults.Page<EntryFormPage>(
            new
            {
                Campaign = campaign,
                Form = form,
                Kind = kind,
                Action = $"{Address(campaign.Slug)}/new",
                Back = Address(campaign.Slug),
                Refusal = refusal,
            },
            Status(refusal)
        );

    private static IResult RenderEdit(ReachedEntry found, EntryForm form, string version, Refusal? refusal = null)
    {
        var address = $"{Address(found.Campaign.Slug)}/{Ids.Text(found.Entry.Id)}";
        return PageResults.Page<EntryFormPage>(
            new
            {
                found.Campaign,
                Form = form,
                found.Entry.Kind,
                Action = $"{address}/edit",
                Back = address,
                Version = version,
                IsCorrection = found.Entry.State == EntryState.Published,
                Refusal = refusal,
            },
            Status(refusal)
        );
    }

    private static IResult RenderEntry(
        ReachedEntry found,
        HttpContext context,
        TimelineReader timeline,
        Refusal? refusal = null
    )
    {
        var today = context.RequestServices.GetRequiredService<TimeProvider>().Today(found.Campaign);
        var composer = new TimelineComposer(found.Campaign, new TimelineWords(PageLanguage.Current));
        return PageResults.Page<EntryPage>(
            new
            {
                found.Campaign,
                found.Entry,
                Items = composer.Preview(found.Entry, found.Entry.Draft, today),
                Earlier = timeline
                    .ListEarlier(found.Entry)
                    .SelectMany(
                        (version, place) => composer.Preview(found.Entry, version.Draft, today, $"-earlier-{place}")
                    )
                    .ToList(),
                found.IsWritable,
                Refusal = refusal,
                Sending = context.RequestServices.GetRequiredService<SendingStore>().Find(found.Entry.Id),
                Now = context.RequestServices.GetRequiredService<TimeProvider>().UtcNow(),
                Done = ActIn(context, "done"),
                RefusedAct = ActIn(context, "refused"),
            },
            Status(refusal)
        );
    }

    // Only words that have a sentence.
    private static string? ActIn(HttpContext context, string name) =>
        context.Request.Query[name].ToString() is ("test" or "send" or "pause" or "resume" or "cancel") and var act
            ? act
            : null;

    private static int Status(Refusal? refusal) =>
        refusal is null ? StatusCodes.Status200OK : Problems.Status(refusal.Code);
}
