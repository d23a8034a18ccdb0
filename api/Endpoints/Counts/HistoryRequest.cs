namespace Campaigns.Api.Endpoints.Counts;

/// <summary>Which history a request asks for; without a country it is that of all.</summary>
internal sealed record HistoryRequest(TrendInterval By, string? Country)
{
    /// <summary>
    /// Without <c>by</c> it is by day. A country that the campaign does not list is refused,
    /// because its signatures are counted together with others.
    /// </summary>
    public static Outcome<HistoryRequest> Read(HttpRequest request, Campaign campaign)
    {
        var errors = new FieldErrors();
        var word = (string?)request.Query["by"] ?? TrendRequest.Word(TrendInterval.Day);
        var by = word == TrendRequest.Word(TrendInterval.Week) ? TrendInterval.Week : TrendInterval.Day;
        if (word != TrendRequest.Word(by))
            errors.Add("by", "This must be day or week.");
        var country = (string?)request.Query["country"];
        if (
            country is not null
            && country != global::Campaigns.Country.Other
            && !campaign.ListedCountries.Contains(country)
        )
            errors.Add("country", "This must be the code of a country that the campaign lists, or ZZ for all others.");
        return errors.ToRefusal() is { } refusal ? refusal : new HistoryRequest(by, country);
    }
}
