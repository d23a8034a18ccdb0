using Campaigns.Db.Counts;

namespace Campaigns.Api.Pages;

/// <summary>The public count as a campaign's pages show it: listed countries always, the largest first, then all others together.</summary>
public sealed record Tally(long Confirmed, IReadOnlyList<CountryTally> Countries)
{
    public static Tally Of(Campaign campaign, PublicCounts counts) => new(
        counts.Confirmed,
        [
            .. campaign.Countries
                .Select(listed => new CountryTally(listed.Country, counts.ByCountry.GetValueOrDefault(listed.Country), listed.Goal))
                .OrderByDescending(country => country.Confirmed).ThenBy(country => country.Country, StringComparer.Ordinal),
            new CountryTally(Country.Other, counts.ByCountry.GetValueOrDefault(Country.Other), null),
        ]);
}

/// <summary><c>Goal</c> is null where the campaign set none, as for all other countries together.</summary>
public sealed record CountryTally(string Country, long Confirmed, int? Goal);
