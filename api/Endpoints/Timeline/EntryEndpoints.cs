using System.Globalization;
using System.Text.Json;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Handovers;
using Campaigns.Db.Timeline;
using Campaigns.Timeline;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Tag = Campaigns.Api.Http.Tag;

namespace Campaigns.Api.Endpoints.Timeline;

/// <summary>What updates, developments and events have in common.</summary>
internal static class EntryEndpoints
{
    /// <summary>Maps the list, and how one is written, read, changed and removed.</summary>
    public static void MapEntries<TRequest, TChange, TView>(
        this RouteGroupBuilder staff,
        EntryResource<TRequest, TView> resource,
        EntryWords words,
        TRequest newExample,
        object changeExample,
        TView example
    )
    {
        string[] roles = [.. resource.Roles];
        var (list, one) = ($"/campaigns/{{slug}}/{resource.Plural}", $"/campaigns/{{slug}}/{resource.Plural}/{{id}}");
        staff
            .MapGet(list, (string slug, HttpContext context) => List(resource, slug, context))
            .RequireRole(roles)
            .Describe($"list{words.Plural}", Tag.StaffTimeline, words.List)
            .ProducesList(example)
            .ProducesProblems(Refusal.Overloaded);
        staff
            .MapPost(list, (string slug, HttpRequest request) => CreateAsync(resource, slug, request))
            .RequireRole(roles)
            .Describe($"create{words.Singular}", Tag.StaffTimeline, words.Create)
            .AcceptsJson(newExample)
            .AcceptsIdempotencyKey()
            .ProducesJson(example, StatusCodes.Status201Created)
            .ProducesHeader(201, "Location", "Its address.", resource.AddressOf("chechnya-2019", TimelineExamples.Id))
            .ProducesTag(StatusCodes.Status201Created);
        staff
            .MapGet(one, (string slug, string id, HttpContext context) => Show(resource, slug, id, context))
            .RequireRole(roles)
            .Describe($"get{words.Singular}", Tag.StaffTimeline, words.Show)
            .ProducesJson(example)
            .ProducesTag(StatusCodes.Status200OK)
            .ProducesProblems(Refusal.Overloaded);
        staff
            .MapPatch(one, (string slug, string id, HttpRequest request) => ChangeAsync(resource, slug, id, request))
            .RequireRole(roles)
            .Describe($"change{words.Singular}", Tag.StaffTimeline, words.Change)
            .AcceptsPatch<TChange>(changeExample)
            .Parameter(
                "If-Match",
                "The ETag as it was read. If it changed since, nothing is written.",
                "\"3\"",
                place: ParameterLocation.Header
            )
            .ProducesJson(example)
            .ProducesTag(StatusCodes.Status200OK)
            .ProducesProblems(
                Refusal.Invalid,
                Refusal.WrongState,
                Refusal.ChangedMeanwhile,
                Refusal.BodyTooLarge,
                Refusal.MediaType,
                Refusal.Overloaded
            );
        staff
            .MapDelete(one, (string slug, string id, HttpContext context) => RemoveAsync(resource, slug, id, context))
            .RequireRole(roles)
            .Describe($"delete{words.Singular}", Tag.StaffTimeline, words.Remove)
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(Refusal.Overloaded);
    }

    private static RouteHandlerBuilder ProducesTag(this RouteHandlerBuilder endpoint, int status) =>
        endpoint.ProducesHeader(status, "ETag", "Its version, for If-Match.", "\"3\"");

    private static IResult List<TRequest, TView>(
        EntryResource<TRequest, TView> resource,
        string slug,
        HttpContext context
    )
    {
        if (context.FindCampaign(context.Get<CampaignStore>(), slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var page = ListRequest.Read(context.Request);
        if (page.Value is not { } asked)
            return page.Refusal!.ToProblem();
        var scope = context.Member().Scope();
        var entries = context
            .Get<TimelineReader>()
            .List(campaign.Id, resource.Kind)
            .Where(entry => entry.Id < asked.Before && TimelineRules.IsInScope(entry.Countries, scope))
            .Take(asked.Rows)
            .ToList();
        return TypedResults.Ok(asked.Page(entries, entry => entry.Id, entry => resource.ToView(entry, null)));
    }

    private static async Task<IResult> CreateAsync<TRequest, TView>(
        EntryResource<TRequest, TView> resource,
        string slug,
        HttpRequest request
    )
    {
        var context = request.HttpContext;
        if (context.FindCampaign(context.Get<CampaignStore>(), slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var (timeline, requests) = (context.Get<TimelineStore>(), context.Get<IdempotentRequests>());
        return await requests.RunAsync(
            request,
            JsonBody.Large,
            fields => resource.Read(fields, context.Get<TimeProvider>().Today(campaign)),
            (write, draft) =>
            {
                var created = timeline.Create(write, campaign, draft, context.Member().Scope(), context.Actor());
                return created.Value is { } entry
                    ? requests.Answer(
                        StatusCodes.Status201Created,
                        resource.AddressOf(slug, Ids.Text(entry.Id)),
                        resource.ToView(entry, null),
                        TagOf(entry).Text
                    )
                    : created.Refusal!;
            }
        );
    }

    private static IResult Show<TRequest, TView>(
        EntryResource<TRequest, TView> resource,
        string slug,
        string id,
        HttpContext context
    ) =>
        context.FindEntry(resource.Kind, slug, id) is { } found
            ? Answer(resource, found.Entry, context)
            : Refusal.NotFound.ToProblem();

    private static async Task<IResult> ChangeAsync<TRequest, TView>(
        EntryResource<TRequest, TView> resource,
        string slug,
        string id,
        HttpRequest request
    )
    {
        var context = request.HttpContext;
        if (context.FindEntry(resource.Kind, slug, id) is not { IsWritable: true } found)
            return Refusal.NotFound.ToProblem();
        var body = await JsonBody.ReadAsync<JsonFields>(request, JsonBody.Large, fields => fields.Detach());
        if (body.Value is not { } patch)
            return body.Refusal!.ToProblem();
        var (json, scope) = (context.Get<IOptions<JsonOptions>>(), context.Member().Scope());
        var today = context.Get<TimeProvider>().Today(found.Campaign);
        // Applied to the entry inside the transaction, so that concurrent changes keep each other's fields.
        var outcome = await context
            .Get<TimelineStore>()
            .ChangeAsync(
                found.Campaign,
                found.Entry.Id,
                current =>
                    !TimelineRules.IsWritable(current.State, scope) ? Refusal.NotFound
                    : !TagOf(current).IsExpected(request) ? Refusal.ChangedMeanwhile
                    : resource.Read(
                        patch.Over(
                            JsonSerializer.SerializeToElement(
                                resource.ToRequest(current.Draft),
                                json.Value.SerializerOptions
                            )
                        ),
                        today
                    ),
                context.Actor()
            );
        return outcome.Value is { } changed ? Answer(resource, changed, context) : outcome.Refusal!.ToProblem();
    }

    private static async Task<IResult> RemoveAsync<TRequest, TView>(
        EntryResource<TRequest, TView> resource,
        string slug,
        string id,
        HttpContext context
    )
    {
        if (context.FindEntry(resource.Kind, slug, id) is not { } found)
            return Refusal.NotFound.ToProblem();
        var scope = context.Member().Scope();
        var refusal = await context
            .Get<TimelineStore>()
            .RemoveAsync(
                found.Campaign,
                found.Entry.Id,
                state => TimelineRules.IsWritable(state, scope),
                context.Actor()
            );
        return refusal.ToResult();
    }

    private static Microsoft.AspNetCore.Http.HttpResults.Ok<TView> Answer<TRequest, TView>(
        EntryResource<TRequest, TView> resource,
        TimelineEntry entry,
        HttpContext context
    )
    {
        context.Response.Headers.ETag = TagOf(entry).Text;
        var view = resource.ToView(entry, context.Get<TimelineReader>().ListEarlier(entry));
        return TypedResults.Ok(resource.Complete(context.RequestServices, entry, view));
    }

    private static EntityTag TagOf(TimelineEntry entry) => new(entry.Version.ToString(CultureInfo.InvariantCulture));

    private static T Get<T>(this HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();
}
