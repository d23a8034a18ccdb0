using System.Globalization;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Invalidations;
using Campaigns.Db.Staff;
using Campaigns.Invalidations;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.StaffConsole.Abuse;

/// <summary>Bulk invalidations: conditions, count, start, approval, progress and undo.</summary>
internal static class InvalidationsEndpoints
{
    public const string Start = "start";
    public const string Approve = "approve";
    public const string Cancel = "cancel";
    public const string Undo = "undo";

    // Seconds. Browsers load the page again without a script.
    private const string ReloadAfter = "3";

    public static string Address(string slug) => $"{AbuseEndpoints.Address(slug)}/invalidations";

    public static string Address(string slug, long id) => $"{Address(slug)}/{Ids.Text(id)}";

    public static void MapInvalidations(this RouteGroupBuilder screens)
    {
        screens.MapPage("/c/{slug}/abuse/invalidations", List).For(Role.Campaigner);
        screens.MapPage("/c/{slug}/abuse/invalidations/new", ShowForm).For(Role.Campaigner);
        screens.MapPost("/c/{slug}/abuse/invalidations", CreateAsync).For(Role.Campaigner);
        screens.MapPage("/c/{slug}/abuse/invalidations/{id}", Show).For(Role.Campaigner);
        foreach (var act in (string[])[Start, Approve, Cancel, Undo])
            screens
                .MapPost(
                    $"/c/{{slug}}/abuse/invalidations/{{id}}/{act}",
                    (string slug, string id, HttpContext context) => ActAsync(slug, id, act, context)
                )
                .For(Role.Campaigner);
    }

    private static IResult List(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        InvalidationStore invalidations
    )
    {
        if (campaigns.Find(slug) is not { } campaign || ListRequest.Read(context.Request).Value is not { } asked)
            return PageResults.NotFound();
        var page = asked.Page(
            invalidations.List(campaign.Id, asked.Before, asked.Rows),
            one => one.Id,
            one => one
        );
        return PageResults.Page<InvalidationsPage>(
            new
            {
                Campaign = campaign,
                Invalidations = page.Items,
                page.Next,
            }
        );
    }

    private static IResult ShowForm(string slug, HttpContext context, CampaignStore campaigns) =>
        campaigns.Find(slug) is { } campaign
            ? RenderForm(campaign, InvalidationForm.From(name => context.Request.Query[name]), refusal: null)
            : PageResults.NotFound();

    private static async Task<IResult> CreateAsync(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        Database database
    )
    {
        if (campaigns.Find(slug) is not { } campaign)
            return PageResults.NotFound();
        var fields = await context.Request.ReadFormAsync();
        var form = InvalidationForm.From(name => fields[name]);
        var read = form.Read();
        if (read.Value is not { } asked)
            return RenderForm(campaign, form, read.Refusal);
        var created = await database.Writes.RunAsync(write =>
            InvalidationStore.Create(write, campaign, asked.Conditions, asked.Reason, context.Actor())
        );
        return PageResults.SeeOther(context.Request, Address(slug, created.Id));
    }

    private static IResult Show(string slug, string id, bool? still, HttpContext context)
    {
        if (Find(slug, id, context) is not var (campaign, one))
            return PageResults.NotFound();
        var isAtWork = IsAtWork(one);
        if (isAtWork && still != true)
            context.Response.Headers["Refresh"] = ReloadAfter;
        return Render(context, campaign, one, (string?)context.Request.Query["refused"], StatusCodes.Status200OK);
    }

    /// <summary>True while the worker counts, invalidates or restores.</summary>
    public static bool IsAtWork(Invalidation one) =>
        one.Status is InvalidationStatus.Counting or InvalidationStatus.Running
        || (one.Status == InvalidationStatus.Undone && one.UndoEndedAt is null);

    private static async Task<IResult> ActAsync(string slug, string id, string act, HttpContext context)
    {
        if (Find(slug, id, context) is not var (campaign, one))
            return PageResults.NotFound();
        var store = context.RequestServices.GetRequiredService<InvalidationStore>();
        var actor = context.Actor();
        var refusal = act switch
        {
            Start => await store.StartAsync(
                campaign,
                one.Id,
                Typed((await context.Request.ReadFormAsync())["count"]),
                actor
            ),
            Approve => await store.ApproveAsync(campaign, one.Id, actor),
            Cancel => await store.CancelAsync(campaign, one.Id, actor),
            _ => await store.UndoAsync(campaign, one.Id, actor),
        };
        if (refusal == Refusal.ChangedMeanwhile)
            return Render(context, campaign, one, refusal.Code, StatusCodes.Status409Conflict);
        var address = Address(slug, one.Id);
        return PageResults.SeeOther(
            context.Request,
            refusal is null ? address : $"{address}?refused={refusal.Code}"
        );
    }

    // A number may be typed as it is shown, with a sign between thousands.
    private static long Typed(string? count) =>
        long.TryParse(
            string.Concat((count ?? "").Where(char.IsAsciiDigit)),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : -1;

    private static (Campaign Campaign, Invalidation Invalidation)? Find(string slug, string id, HttpContext context)
    {
        var services = context.RequestServices;
        return
            services.GetRequiredService<CampaignStore>().Find(slug) is { } campaign
            && Ids.TryParse(id, out var number)
            && services.GetRequiredService<InvalidationStore>().Find(campaign.Id, number) is { } found
            ? (campaign, found)
            : null;
    }

    private static IResult Render(
        HttpContext context,
        Campaign campaign,
        Invalidation one,
        string? refused,
        int status
    ) =>
        PageResults.Page<InvalidationPage>(
            new
            {
                Campaign = campaign,
                One = one,
                Names = context
                    .RequestServices.GetRequiredService<StaffStore>()
                    .List()
                    .ToDictionary(member => member.Id, member => member.Name),
                Options = context.RequestServices.GetRequiredService<IOptions<InvalidationOptions>>().Value,
                Now = context.RequestServices.GetRequiredService<TimeProvider>().UtcNow(),
                Refused = refused,
            },
            status
        );

    private static IResult RenderForm(Campaign campaign, InvalidationForm form, Refusal? refusal) =>
        PageResults.Page<NewInvalidationPage>(
            new
            {
                Campaign = campaign,
                Form = form,
                Refusal = refusal,
            },
            refusal is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
        );
}
