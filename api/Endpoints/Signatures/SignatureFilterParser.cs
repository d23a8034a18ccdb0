using Campaigns.Api.Http;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;

namespace Campaigns.Api.Endpoints.Signatures;

/// <summary>Reads the conditions of a list of signatures from the address.</summary>
internal static class SignatureFilterParser
{
    private const int MostReason = 40;

    /// <summary>The states that a signature may have.</summary>
    public static IReadOnlyList<string> States { get; } =
    [.. SignatureState.Buckets.Where(state => state != SignatureState.Held)];

    private static readonly Dictionary<string, TimeSpan> _windows = new(StringComparer.Ordinal)
    {
        ["30m"] = TimeSpan.FromMinutes(30),
        ["3h"] = TimeSpan.FromHours(3),
        ["12h"] = TimeSpan.FromHours(12),
    };

    /// <summary>The windows before now, by their word in the contract.</summary>
    public static IReadOnlyCollection<string> Windows => _windows.Keys;

    /// <param name="field">A field of the address; null for one that is not given.</param>
    /// <param name="now">The current time.</param>
    public static Outcome<SignatureFilter> Read(Func<string, string?> field, DateTimeOffset now)
    {
        var errors = new FieldErrors();
        var (from, to) = (Moment("from", DayOrInstant.ParseFrom), Moment("to", DayOrInstant.ParseTo));
        if (field("window") is { Length: > 0 } name)
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
            State = Text("state", States.Contains, $"Choose one of {string.Join(", ", States)}."),
            Country = Text("country", Country.Exists, "This must be a country code such as NO."),
            HoldReason = Text("holdReason", IsWord, "This must be a word such as network."),
            Wave = Wave(),
            From = from,
            To = to,
        };
        return errors.ToRefusal() is { } refusal ? refusal : filter;

        string? Text(string name, Func<string, bool> isValid, string sentence)
        {
            if (field(name) is not { Length: > 0 } text)
                return null;
            if (!isValid(text))
                errors.Add(name, sentence);
            return text;
        }

        DateTimeOffset? Moment(string name, Func<string, DateTimeOffset?> parse)
        {
            if (field(name) is not { Length: > 0 } text)
                return null;
            if (parse(text) is { } instant)
                return instant;
            errors.Add(name, DayOrInstant.Sentence);
            return null;
        }

        long? Wave()
        {
            if (field("wave") is not { Length: > 0 } text)
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
