using Campaigns.Api.Endpoints.Timeline;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db;
using Campaigns.Db.Sendings;
using Campaigns.Db.Staff;
using Campaigns.Sendings;
using Campaigns.Timeline;

namespace Campaigns.Api.StaffConsole.Updates;

/// <summary>Staff look at the letter with an update, test it and send it.</summary>
internal static class SendingScreens
{
    private const string One = "/c/{slug}/updates/{id}";

    public static void MapSendingScreens(this RouteGroupBuilder screens)
    {
        screens.MapPage($"{One}/letter", StaffTimelineEndpoints.Preview).For(Role.Campaigner, Role.Organiser);
        screens.MapPost($"{One}/test", TestAsync).For(Role.Campaigner, Role.Organiser);
        screens.MapPage($"{One}/send", ShowSend).For(Role.Campaigner);
        screens.MapPost($"{One}/send", SendAsync).For(Role.Campaigner).StopsWhileFrozen();
        MapAct(screens, "pause", (store, change) => store.PauseAsync(change));
        MapAct(screens, "resume", (store, change) => store.ResumeAsync(change));
        MapAct(screens, "cancel", (store, change) => store.CancelAsync(change));
    }

    private static void MapAct(
        RouteGroupBuilder screens,
        string act,
        Func<SendingStore, SendingChange, Task<Refusal?>> change
    ) =>
        screens
            .MapPost($"{One}/{act}", async (string slug, string id, HttpContext context, SendingStore sendings) =>
                context.FindEntry(TimelineKind.Update, slug, id) is { } found
                    ? Back(
                        context,
                        found,
                        act,
                        await change(sendings, new SendingChange(slug, found.Entry.Id, context.Actor()))
                    )
                    : PageResults.NotFound()
            )
            .For(Role.Campaigner);

    private static async Task<IResult> TestAsync(string slug, string id, HttpContext context, UpdateTestStore tests)
    {
        if (context.FindEntry(TimelineKind.Update, slug, id) is not { } found)
            return PageResults.NotFound();
        var locale = (await context.Request.ReadFormAsync())["locale"].ToString();
        if (CampaignFields.LocaleProblem(locale) is not null)
            locale = ((UpdateDraft)found.Entry.Draft).Texts[0].Locale;
        return Back(
            context,
            found,
            "test",
            await tests.SendAsync(found.Campaign, found.Entry.Id, locale, context.Actor())
        );
    }

    private static IResult ShowSend(
        string slug,
        string id,
        HttpContext context,
        SendingStore sendings,
        TimeProvider time
    )
    {
        if (FindSendable(context, slug, id, sendings) is not { } found)
            return PageResults.NotFound();
        var query = context.Request.Query;
        return Render(found, SendingForm.Read(name => query[name]), sendings, time.UtcNow());
    }

    private static async Task<IResult> SendAsync(
        string slug,
        string id,
        HttpContext context,
        SendingStore sendings,
        Database database,
        TimeProvider time
    )
    {
        if (context.FindEntry(TimelineKind.Update, slug, id) is not { } found)
            return PageResults.NotFound();
        var fields = await context.Request.ReadFormAsync();
        var form = SendingForm.Read(name => fields[name]);
        var now = time.UtcNow();
        if (form.ToOrder(now).Value is not { } order)
            return Render(found, form, sendings, now);
        // The button named a number: another one is shown before it counts.
        if (fields["recipients"] != Ids.Text(sendings.Count(found.Campaign.Id, order.Audience)))
            return Render(found, form, sendings, now);
        var begun = await database.Writes.RunAsync(write =>
            sendings.Begin(write, found.Campaign, found.Entry.Id, order, context.Actor())
        );
        return begun.Refusal is { Errors: not null } refusal
            ? Render(found, form, sendings, now, refusal)
            : Back(context, found, "send", begun.Refusal);
    }

    private static ReachedEntry? FindSendable(HttpContext context, string slug, string id, SendingStore sendings) =>
        context.FindEntry(TimelineKind.Update, slug, id) is { Entry.State: EntryState.Published } found
        && SendingLifecycle.Find(sendings.Find(found.Entry.Id)?.State, SendingAct.Begin).Refusal is null
            ? found
            : null;

    private static IResult Render(
        ReachedEntry found,
        SendingForm form,
        SendingStore sendings,
        DateTimeOffset now,
        Refusal? refusal = null
    )
    {
        var order = form.ToOrder(now);
        var wrong = refusal ?? order.Refusal;
        return PageResults.Page<SendUpdatePage>(
            new
            {
                found.Campaign,
                found.Entry,
                Form = form,
                Recipients = order.Value is { } read ? sendings.Count(found.Campaign.Id, read.Audience) : (long?)null,
                Refusal = wrong,
            },
            wrong is null ? StatusCodes.Status200OK : Problems.Status(wrong.Code)
        );
    }

    // The screen of the update says what was done, or why not.
    private static IResult Back(HttpContext context, ReachedEntry found, string act, Refusal? refusal)
    {
        var address = $"{UpdatesEndpoints.Address(found.Campaign.Slug)}/{Ids.Text(found.Entry.Id)}";
        return PageResults.SeeOther(
            context.Request,
            refusal is null ? $"{address}?done={act}" : $"{address}?refused={act}"
        );
    }
}
