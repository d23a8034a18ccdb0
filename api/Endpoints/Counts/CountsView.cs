using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Campaigns.Db.Counts;

namespace Campaigns.Api.Endpoints.Counts;

public sealed record CountryCountView(string Country, string Name, long Confirmed, int? Goal);

public sealed record SealedView(long Size, long Confirmed);

public sealed record CountsView(
    string Campaign,
    DateTimeOffset AsOf,
    long Confirmed,
    int Goal,
    IReadOnlyList<CountryCountView> Countries,
    SealedView Sealed
)
{
    /// <summary>
    /// All listed countries by descending count, then by code; after them <c>ZZ</c>.
    /// </summary>
    public static CountsView From(Campaign campaign, PublicCounts counts, string locale) =>
        new(
            campaign.Slug,
            counts.AsOf,
            counts.Confirmed,
            campaign.Goal,
            [
                .. campaign
                    .Countries.Select(country => new CountryCountView(
                        country.Country,
                        Country.Name(country.Country, locale),
                        counts.ByCountry.GetValueOrDefault(country.Country),
                        country.Goal
                    ))
                    .OrderByDescending(country => country.Confirmed)
                    .ThenBy(country => country.Country, StringComparer.Ordinal),
                Others(campaign, counts, locale),
            ],
            new SealedView(counts.SealedSize, counts.SealedConfirmed)
        );

    /// <summary>A hash of everything but the timestamp.</summary>
    [JsonIgnore]
    public string Fingerprint =>
        field ??= Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Join(
                        '\n',
                        Countries
                            .Select(country => $"{country.Country} {country.Name} {country.Confirmed} {country.Goal}")
                            .Append($"{Goal} {Sealed.Size} {Sealed.Confirmed}")
                    )
                )
            )
        )[..32];

    // Includes countries that are no longer listed.
    private static CountryCountView Others(Campaign campaign, PublicCounts counts, string locale) =>
        new(
            Country.Other,
            Country.Name(Country.Other, locale),
            counts.ByCountry.Where(pair => !campaign.ListedCountries.Contains(pair.Key)).Sum(pair => pair.Value),
            null
        );
}
