namespace Campaigns.Api.Endpoints.Counts;

/// <summary>What a request for a trend asks for.</summary>
internal sealed record TrendRequest(TrendInterval By, string? Country, DateTimeOffset? From, DateTimeOffset? To)
{
    private static readonly Dictionary<string, TrendInterval> _words = new(StringComparer.Ordinal)
    {
        ["hour"] = TrendInterval.Hour,
        ["day"] = TrendInterval.Day,
        ["week"] = TrendInterval.Week,
    };

    public static string Word(TrendInterval by) => _words.Single(pair => pair.Value == by).Key;

    /// <summary>
    /// Without <c>by</c> it is by day. A form sends its empty fields too
    /// (<paramref name="isForm"/>): they are as if not sent.
    /// </summary>
    public static Outcome<TrendRequest> Read(HttpRequest request, bool isForm = false)
    {
        var errors = new FieldErrors();
        var by = TrendInterval.Day;
        if (Field("by") is { } word && !_words.TryGetValue(word, out by))
            errors.Add("by", "This must be hour, day or week.");
        var country = Field("country");
        if (country is not null && !global::Campaigns.Country.Exists(country))
            errors.Add("country", "This must be the two-letter code of a country, in capitals.");
        var from = ReadTime(Field("from"), "from", errors);
        var to = ReadTime(Field("to"), "to", errors, isEnd: true);
        return errors.ToRefusal() is { } refusal ? refusal : new TrendRequest(by, country, from, to);

        string? Field(string name) => (string?)request.Query[name] is var value && value == "" && isForm ? null : value;
    }

    // A day as the end is included, so that a period of one day has the same day twice.
    private static DateTimeOffset? ReadTime(string? text, string field, FieldErrors errors, bool isEnd = false)
    {
        if (text is null)
            return null;
        if (Instant.TryParse(text, out var instant))
            return instant;
        if (Instant.TryParseDate(text, out var day) && day < DateOnly.MaxValue)
            return new DateTimeOffset(day.AddDays(isEnd ? 1 : 0), TimeOnly.MinValue, TimeSpan.Zero);
        errors.Add(field, "This must be an instant such as 2019-05-17T09:00:00.000Z, or a date.");
        return null;
    }
}
