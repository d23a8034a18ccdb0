namespace Campaigns.Db.Counts;

/// <summary>Everything that the screen of a campaign counts, read in one snapshot.</summary>
/// <param name="AsOf">When it was read.</param>
/// <param name="UnconfirmedAsOf">Of when pending and held are; null before the first hourly
/// figures.</param>
/// <param name="Today">The date in the campaign's zone.</param>
/// <param name="Total">The sum of the countries.</param>
/// <param name="Countries">Listed countries and those with signatures, by code.</param>
public sealed record CampaignFigures(
    DateTimeOffset AsOf,
    DateTimeOffset? UnconfirmedAsOf,
    DateOnly Today,
    CountryFigures Total,
    IReadOnlyList<CountryFigures> Countries
);
