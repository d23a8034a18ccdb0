using System.Text.Json.Serialization;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Staff;
using Campaigns.Db.Subscribers;

namespace Campaigns.Api.Endpoints.Subscribers;

/// <summary>
/// The subscribers of a country; null for those who did not say where they live. A missing number
/// is below <see cref="Coarse.Few"/>.
/// </summary>
internal sealed record SubscriberCountryView(string? Country, long? Subscribers)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Subscribers is null;
}

/// <summary>The subscribers of a language.</summary>
internal sealed record SubscriberLocaleView(string Locale, long? Subscribers)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Subscribers is null;
}

internal sealed record SubscribersView(
    long? Total,
    IReadOnlyList<SubscriberCountryView> Countries,
    IReadOnlyList<SubscriberLocaleView> Locales
)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Total is null;

    public static SubscribersView Example { get; } =
        new(48_213, [new("GB", 30_118), new("NL", 18_092), new(null, 3)], [new("en", 30_121), new("nl", 18_092)]);

    /// <summary>The largest first, then by code.</summary>
    public static SubscribersView From(IReadOnlyList<SubscriberCount> counts, bool coarse)
    {
        return new(
            Shown(counts.Sum(row => row.Subscribers)),
            [.. Grouped(row => row.Country).Select(sum => new SubscriberCountryView(sum.Key, Shown(sum.Subscribers)))],
            [.. Grouped(row => row.Locale).Select(sum => new SubscriberLocaleView(sum.Key!, Shown(sum.Subscribers)))]
        );

        long? Shown(long number) => coarse ? Coarse.Value(number) : number;

        IEnumerable<(string? Key, long Subscribers)> Grouped(Func<SubscriberCount, string?> key) =>
            counts
                .GroupBy(key, (value, rows) => (Key: value, Subscribers: rows.Sum(row => row.Subscribers)))
                .OrderByDescending(sum => sum.Subscribers)
                .ThenBy(sum => sum.Key, StringComparer.Ordinal);
    }
}

/// <summary>How many people get the updates of a campaign; no answer says who.</summary>
internal static class StaffSubscriberEndpoints
{
    public static void MapStaffSubscribers(this RouteGroupBuilder staff) =>
        staff
            .MapGet("/campaigns/{slug}/subscribers", Show)
            .RequireRole(Role.Campaigner)
            .WithMetadata(new HoldsPeople())
            .Describe("getSubscribers", Tag.StaffTimeline, "Counts subscribers by country and by language.")
            .ProducesJson(SubscribersView.Example);

    private static IResult Show(
        string slug,
        HttpContext context,
        CampaignStore campaigns,
        SubscriberReader subscribers
    ) =>
        context.FindCampaign(campaigns, slug) is { } campaign
            ? TypedResults.Ok(
                SubscribersView.From(subscribers.Count(campaign.Id), Coarse.AppliesTo(context.Member(), campaign))
            )
            : Refusal.NotFound.ToProblem();
}
