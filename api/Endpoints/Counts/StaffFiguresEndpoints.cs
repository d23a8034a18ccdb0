using System.Text.Json.Serialization;
using Campaigns.Api.Http;
using Campaigns.Api.Http.Access;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Staff;

namespace Campaigns.Api.Endpoints.Counts;

/// <summary>
/// When a goal is reached. <c>On</c> is null unless the state is <c>expected</c>.
/// </summary>
internal sealed record ForecastView(string State, DateOnly? On);

/// <summary>
/// The figures of a country, or of all together. Null: fewer than <see cref="Coarse.Few"/>.
/// </summary>
internal sealed record FiguresView(
    long Confirmed,
    int? Goal,
    long? Percent,
    long Today,
    decimal Mean,
    ComparedView Compared,
    ForecastView Forecast,
    long? Pending,
    long? Held
)
{
    /// <summary>Missing in the sum of all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Country { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Few => Pending is null || Held is null;

    public static FiguresView From(CountryFigures figures, bool coarse) =>
        new(
            figures.Confirmed,
            figures.Goal,
            figures.Percent,
            figures.Today,
            decimal.Round(figures.Mean, 1),
            new ComparedView(figures.Week.Now, figures.Week.Before, figures.Week.Percent),
            new ForecastView(
                figures.Forecast.State switch
                {
                    ForecastState.NoGoal => "no-goal",
                    ForecastState.Reached => "reached",
                    ForecastState.NoGrowth => "no-growth",
                    ForecastState.TooFar => "too-far",
                    _ => "expected",
                },
                figures.Forecast.Day
            ),
            coarse ? Coarse.Value(figures.Pending) : figures.Pending,
            coarse ? Coarse.Value(figures.Held) : figures.Held
        )
        {
            Country = figures.Country,
        };
}

internal sealed record CampaignFiguresView(
    DateTimeOffset AsOf,
    DateTimeOffset? UnconfirmedAsOf,
    string TimeZone,
    DateOnly Today,
    FiguresView Total,
    IReadOnlyList<FiguresView> Countries
);

/// <summary>The figures of a campaign's screen.</summary>
internal static class StaffFiguresEndpoints
{
    private static readonly DateTimeOffset _asOf = new(2019, 5, 17, 9, 0, 0, TimeSpan.Zero);

    public static void MapStaffFigures(this RouteGroupBuilder staff) =>
        staff
            .MapGet("/campaigns/{slug}/figures", Show)
            .RequireRole(Role.Campaigner, Role.Organiser, Role.Auditor)
            .Describe("getFigures", Tag.StaffRecords, "Goal, today, mean and forecast of each country.")
            .ProducesJson(
                new CampaignFiguresView(
                    _asOf,
                    _asOf,
                    "Europe/Oslo",
                    new DateOnly(2019, 5, 17),
                    Example(null, 10_000),
                    [Example("NO", 5_000)]
                )
            );

    private static FiguresView Example(string? country, int goal) =>
        new(
            1_160,
            goal,
            1_160 * 100 / goal,
            12,
            27.1m,
            new ComparedView(190, 152, 25),
            new ForecastView("expected", new DateOnly(2019, 10, 5)),
            31,
            null
        )
        {
            Country = country,
        };

    private static IResult Show(string slug, HttpContext context, CampaignStore campaigns, FigureStore figures)
    {
        if (context.FindCampaign(campaigns, slug) is not { } campaign)
            return Refusal.NotFound.ToProblem();
        var coarse = Coarse.AppliesTo(context.Member(), campaign);
        var read = figures.Read(campaign, context.Member().Scope(), coarse);
        return TypedResults.Ok(
            new CampaignFiguresView(
                read.AsOf,
                read.UnconfirmedAsOf,
                campaign.TimeZone,
                read.Today,
                FiguresView.From(read.Total, coarse),
                [.. read.Countries.Select(row => FiguresView.From(row, coarse))]
            )
        );
    }
}
