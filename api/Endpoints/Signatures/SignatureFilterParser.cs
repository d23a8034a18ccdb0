using Campaigns.Db.Signatures;
using Campaigns.Signatures;

namespace Campaigns.Api.Endpoints.Signatures;

/// <summary>Reads the conditions of a list of signatures from the address.</summary>
internal static class SignatureFilterParser
{
    private const int MostReason = 40;

    private static readonly string[] _states = [.. SignatureState.Buckets.Where(state => state != SignatureState.Held)];

    private static readonly Dictionary<string, TimeSpan> _windows = new(StringComparer.Ordinal)
    {
        ["30m"] = TimeSpan.FromMinutes(30),
        ["3h"] = TimeSpan.FromHours(3),
        ["12h"] = TimeSpan.FromHours(12),
    };

    public static Outcome<SignatureFilter> Read(IQueryCollection query, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        var (from, to) = (Moment("from"), Moment("to"));
        if ((string?)query["window"] is { Length: > 0 } name)
        {
            if (from is not null || to is not null)
                errors.Add("window", "Give either window, or from and to.");
            else if (_windows.TryGetValue(name, out var window))
                from = now - window;
            else
                errors.Add("window", $"Choose {string.Join(", ", _windows.Keys)}.");
        }
        var filter = new SignatureFilter
        {
            State = Text("state", _states.Contains, $"Choose one of {string.Join(", ", _states)}."),
            Country = Text("country", Country.Exists, "This must be a country code such as NO."),
            HoldReason = Text("holdReason", IsWord, "This must be a word such as network."),
            Wave = Wave(),
            From = from,
            To = to,
        };
        return errors.ToRefusal() is { } refusal ? refusal : filter;

        string? Text(string field, Func<string, bool> isValid, string sentence)
        {
            if ((string?)query[field] is not { Length: > 0 } text)
                return null;
            if (!isValid(text))
                errors.Add(field, sentence);
            return text;
        }

        DateTimeOffset? Moment(string field)
        {
            if ((string?)query[field] is not { Length: > 0 } text)
                return null;
            if (Instant.TryParse(text, out var instant))
                return instant;
            errors.Add(field, "This must be an instant such as 2019-05-17T09:00:00.000Z.");
            return null;
        }

        long? Wave()
        {
            if ((string?)query["wave"] is not { Length: > 0 } text)
                return null;
            if (Ids.TryParse(text, out var number))
                return number;
            errors.Add("wave", "This must be the id of a wave.");
            return null;
        }
    }

    private static bool IsWord(string text) =>
        text.Length is >= 1 and <= MostReason && text.All(letter => char.IsAsciiLetterLower(letter) || letter == '-');
}
