using Campaigns.Api.Endpoints.Counts;
using Campaigns.Api.Http.Access;
using Campaigns.Api.Pages;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Handovers;
using Campaigns.Db.Staff;
using Campaigns.Handovers;

namespace Campaigns.Api.StaffConsole.Overview;

/// <summary>The figures of a campaign, of all countries that a member reaches or of one.</summary>
internal static class OverviewEndpoints
{
    private const int MostHandovers = 50;

    public static void MapOverview(this RouteGroupBuilder screens)
    {
        string[] roles = [Role.Campaigner, Role.Organiser, Role.Auditor];
        screens.MapPage("/c/{slug}", (string slug, HttpContext context) => Show(slug, null, context)).For(roles);
        screens
            .MapPage("/c/{slug}/countries/{code}", (string slug, string code, HttpContext context) =>
                Show(slug, code, context)
            )
            .For(roles);
    }

    private static IResult Show(string slug, string? country, HttpContext context)
    {
        var services = context.RequestServices;
        var (campaigns, figures, trends) = (
            services.GetRequiredService<CampaignStore>(),
            services.GetRequiredService<FigureStore>(),
            services.GetRequiredService<TrendStore>()
        );
        var (member, reached) = (context.Member(), context.Member().Scope());
        if (
            context.FindCampaign(campaigns, slug) is not { } campaign
            || (country is not null && (!Country.Exists(country) || reached?.Contains(country) == false))
        )
            return PageResults.NotFound();
        var coarse = Coarse.AppliesTo(member, campaign);
        var scope = country is null ? reached : [country];
        var asked = TrendRequest.Read(context.Request, isForm: true);
        return PageResults.Page<OverviewPage>(
            new
            {
                Campaign = campaign,
                Country = country,
                Figures = figures.Read(campaign, scope, coarse),
                Trend = asked.Value is { } request ? ReadTrend(trends, campaign, request, scope, coarse) : null,
                By = TrendRequest.Word(asked.Value?.By ?? TrendInterval.Day),
                ByCountry = trends.ReadByCountry(campaign, scope, coarse),
                // Providers are counted over all countries.
                ByProvider = scope is null ? trends.ReadByProvider(campaign, coarse) : null,
                IsCoarse = coarse,
                Handovers = country is null ? [] : ListHandovers(services, campaign, country, reached),
                CampaignDay = services.GetRequiredService<TimeProvider>().Today(campaign),
            },
            asked.Value is null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK
        );
    }

    // Those to the recipients of the country, as far as the member reaches them.
    private static IReadOnlyList<Handover> ListHandovers(
        IServiceProvider services,
        Campaign campaign,
        string country,
        IReadOnlyList<string>? reached
    ) =>
        services
            .GetRequiredService<HandoverReader>()
            .List(
                campaign.Id,
                [
                    .. campaign
                        .Recipients.Where(one =>
                            one.Countries?.Contains(country) is null or true
                            && HandoverRules.IsInScope(campaign, one.Key, reached)
                        )
                        .Select(one => one.Key),
                ],
                long.MaxValue,
                MostHandovers
            );

    private static Trend? ReadTrend(
        TrendStore trends,
        Campaign campaign,
        TrendRequest asked,
        IReadOnlyList<string>? scope,
        bool coarse
    ) =>
        (asked.Country is null || scope?.Contains(asked.Country) != false)
        && trends.Period(campaign, asked.By, asked.From, asked.To).Value is { } period
            ? trends.Read(campaign, period, asked.Country is { } one ? [one] : scope, coarse)
            : null;
}
