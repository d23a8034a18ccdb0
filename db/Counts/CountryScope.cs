using Dapper;

namespace Campaigns.Db.Counts;

/// <summary>A condition on the column <c>country</c>; null means all countries.</summary>
internal sealed class CountryScope(IReadOnlyList<string>? countries)
{
    private readonly IReadOnlySet<string>? _countries = countries?.ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Follows another condition. Dapper sends a list of texts differently to the two databases, so
    /// each country is a parameter.
    /// </summary>
    public string Condition =>
        countries switch
        {
            null => "",
            [] => "AND 1 = 0",
            _ => $"AND country IN ({string.Join(", ", countries.Select((_, place) => $"@country{place}"))})",
        };

    public bool Has(string country) => _countries is null || _countries.Contains(country);

    public long Sum(IReadOnlyDictionary<string, long> byCountry) =>
        byCountry.Where(pair => Has(pair.Key)).Sum(pair => pair.Value);

    /// <summary>The parameters of a statement, with those of the condition.</summary>
    public DynamicParameters Parameters(object others)
    {
        var parameters = new DynamicParameters(others);
        for (var place = 0; place < (countries?.Count ?? 0); place++)
            parameters.Add($"country{place}", countries![place]);
        return parameters;
    }
}
