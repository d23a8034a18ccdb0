using Campaigns.Api.Http;
using Campaigns.Invalidations;
using Campaigns.Signatures;

namespace Campaigns.Api.Endpoints.Invalidations;

/// <summary>What staff ask to invalidate, and why.</summary>
internal sealed record AskedInvalidation(InvalidationConditions Conditions, string Reason);

/// <summary>Reads the request of a bulk invalidation.</summary>
internal static class InvalidationRequestParser
{
    private const int MostCountries = 250;
    private const int MostWord = 40;

    public static Outcome<AskedInvalidation> Read(JsonFields fields)
    {
        fields.Only("reason", "conditions");
        var reason = fields.ReadReasonField();
        var conditions = fields.Object("conditions") is { } asked ? ReadConditions(asked) : null;
        if ((conditions is null || conditions.IsEmpty) && fields.Errors.ToRefusal() is null)
            fields.Errors.Add("conditions", "Give at least one condition.");
        return fields.Errors.ToRefusal() is { } refusal ? refusal : new AskedInvalidation(conditions!, reason!);
    }

    /// <summary>Reads the number that staff saw.</summary>
    public static Outcome<long> ReadCount(JsonFields fields)
    {
        var count = fields.Only("count").Long("count", least: 0);
        if (count is null && !fields.Errors.Has("count"))
            fields.Errors.Add("count", "Give the number of signatures that was counted.");
        return fields.Errors.ToRefusal() is { } refusal ? refusal : count!.Value;
    }

    private static InvalidationConditions ReadConditions(JsonFields fields)
    {
        fields.Only("countries", "signedFrom", "signedTo", "states", "wave", "mailDomain", "holdReason");
        var conditions = new InvalidationConditions
        {
            Countries = List(fields, "countries", Country.Exists, "This must be a country code such as NO."),
            SignedFrom = fields.Moment("signedFrom"),
            SignedTo = fields.Moment("signedTo"),
            States = List(
                fields,
                "states",
                InvalidationConditions.PossibleStates.Contains,
                $"Choose among {string.Join(", ", InvalidationConditions.PossibleStates)}."
            ),
            Wave = Wave(fields),
            MailDomain = Domain(fields),
            HoldReason = Word(fields, "holdReason"),
        };
        if (conditions.SignedTo <= conditions.SignedFrom)
            fields.Errors.Add(fields.Path("signedTo"), "This must be later than signedFrom.");
        return conditions;
    }

    private static IReadOnlyList<string>? List(
        JsonFields fields,
        string name,
        Func<string, bool> isValid,
        string sentence
    )
    {
        if (fields.Strings(name, MostCountries) is not { } values)
            return null;
        if (values.Count == 0 && !fields.Errors.Has(fields.Path(name)))
            fields.Errors.Add(fields.Path(name), "Give at least one, or leave this out.");
        foreach (var (index, value) in values.Index())
            if (!isValid(value))
                fields.Errors.Add(FormattableString.Invariant($"{fields.Path(name)}[{index}]"), sentence);
        return [.. values.Distinct()];
    }

    private static long? Wave(JsonFields fields)
    {
        if (fields.String("wave") is not { } text)
            return null;
        if (Ids.TryParse(text, out var wave))
            return wave;
        fields.Errors.Add(fields.Path("wave"), "This must be the id of a wave.");
        return null;
    }

    private static string? Domain(JsonFields fields)
    {
        if (fields.String("mailDomain") is not { } text)
            return null;
        if (EmailAddress.ParseDomain(text) is { } domain)
            return domain;
        fields.Errors.Add(fields.Path("mailDomain"), "This must be a domain such as example.org.");
        return null;
    }

    private static string? Word(JsonFields fields, string name)
    {
        if (fields.String(name) is not { } text)
            return null;
        if (text.Length is >= 1 and <= MostWord && text.All(letter => char.IsAsciiLetterLower(letter) || letter == '-'))
            return text;
        fields.Errors.Add(fields.Path(name), "This must be a word such as network.");
        return null;
    }
}
