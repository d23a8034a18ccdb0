using System.Text.Json.Serialization;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Counts;

/// <summary>
/// The signatures of an interval. Null: fewer than <see cref="Coarse.Few"/>, and
/// <see cref="Few"/> says so.
/// </summary>
internal sealed record TrendPointView(DateTimeOffset At, long? Signed, long Confirmed)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Signed is null;
}

/// <summary>The confirmed signatures of a period beside the one before it.</summary>
internal sealed record ComparedView(long Confirmed, long Before, long? Percent);

internal sealed record TrendView(
    string By,
    DateTimeOffset UnconfirmedAsOf,
    IReadOnlyList<TrendPointView> Points,
    ComparedView? Compared
);

/// <summary>
/// The signatures that reached each step. Null: fewer than <see cref="Coarse.Few"/>.
/// </summary>
internal sealed record FunnelStepView(long? Signed, long? LetterSent, long? Confirmed)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Country { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Provider { get; init; }

    /// <summary>Letters that came back; by provider only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Bounced { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Signed is null || LetterSent is null || Confirmed is null;
}

internal sealed record FunnelView(string By, DateTimeOffset AsOf, IReadOnlyList<FunnelStepView> Items);

/// <summary>Signatures over time, and how far they came.</summary>
internal static class StaffTrendEndpoints
{
    private const string ByCountry = "country";
    private const string ByProvider = "provider";

    private static readonly DateTimeOffset _day = new(2019, 5, 17, 0, 0, 0, TimeSpan.Zero);

    public static void MapStaffTrends(this RouteGroupBuilder staff)
    {
        staff
            .MapGet("/campaigns/{slug}/trend", ShowTrend)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .Describe("getTrend", Tag.StaffRecords, "New and confirmed signatures by hour, day or week.")
            .Parameter("by", "The length of a point: hour, day (the default) or week.", "day")
            .Parameter("country", "One country; without it all that the member reaches.", "GB")
            .Parameter("from", "The first instant or day; without it all that is counted.", "2019-05-17")
            .Parameter("to", "The instant after the last, or the last day; without it now.", "2019-05-18")
            .ProducesJson(
                new TrendView("day", _day.AddHours(9), [new TrendPointView(_day, 31, 25)], new ComparedView(25, 20, 25))
            )
            .ProducesProblems(Refusal.Invalid);
        staff
            .MapGet("/campaigns/{slug}/funnel", ShowFunnel)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .Describe("getFunnel", Tag.StaffRecords, "Signatures that got a letter and were confirmed.")
            .Parameter("by", "country (the default), or provider: the provider of the mailbox.", ByCountry)
            .ProducesJson(
                new FunnelView(
                    ByCountry,
                    _day.AddHours(9),
                    [new FunnelStepView(1_240, 1_221, 1_160) { Country = "NO" }]
                )
            )
            .ProducesProblems(Refusal.Invalid);
    }

    private static IResult ShowTrend(string slug, HttpContext context, CampaignStore campaigns, TrendStore trends)
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var outcome = TrendRequest.Read(context.Request);
        if (outcome.Value is not { } asked)
            return outcome.Refusal!.ToProblem();
        var scope = context.Member().Scope();
        if (asked.Country is { } country && scope?.Contains(country) == false)
            return Refusal.NotFound.ToProblem();
        var period = trends.Period(campaign, asked.By, asked.From, asked.To);
        if (period.Value is not { } points)
            return period.Refusal!.ToProblem();
        var coarse = Coarse.AppliesTo(context.Member(), campaign);
        var trend = trends.Read(campaign, points, asked.Country is { } one ? [one] : scope, coarse);
        return TypedResults.Ok(
            new TrendView(
                TrendRequest.Word(asked.By),
                trend.UnconfirmedAsOf,
                [
                    .. trend.Points.Select(point => new TrendPointView(
                        point.At,
                        coarse ? Coarse.Value(point.Signatures) : point.Signatures,
                        point.Confirmed
                    )),
                ],
                trend.Confirmed is { } compared
                    ? new ComparedView(compared.Now, compared.Before, compared.Percent)
                    : null
            )
        );
    }

    private static IResult ShowFunnel(string slug, HttpContext context, CampaignStore campaigns, TrendStore trends)
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var by = (string?)context.Request.Query["by"] ?? ByCountry;
        if (by is not (ByCountry or ByProvider))
            return Refusal.Validation("by", "This must be country or provider.").ToProblem();
        var scope = context.Member().Scope();
        // Providers are counted over all countries, so an organiser does not reach them.
        if (by == ByProvider && scope is not null)
            return Refusal.NotFound.ToProblem();
        var coarse = Coarse.AppliesTo(context.Member(), campaign);
        var funnel =
            by == ByCountry ? trends.ReadByCountry(campaign, scope, coarse) : trends.ReadByProvider(campaign, coarse);
        return TypedResults.Ok(
            new FunnelView(
                by,
                funnel.AsOf,
                [
                    .. funnel.Steps.Select(step => new FunnelStepView(
                        Shown(step.Signatures),
                        Shown(step.Letters),
                        Shown(step.Pressed)
                    )
                    {
                        Country = by == ByCountry ? step.Key : null,
                        Provider = by == ByProvider ? step.Key : null,
                        Bounced = by == ByProvider ? Shown(step.Bounced) : null,
                    }),
                ]
            )
        );

        long? Shown(long number) => coarse ? Coarse.Value(number) : number;
    }
}
