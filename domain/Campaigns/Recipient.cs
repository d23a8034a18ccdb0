namespace Campaigns;

/// <summary>
/// A recipient of the petition. <c>Countries</c> null means all countries, including unlisted ones.
/// </summary>
public sealed record Recipient(
    string Key,
    string Name,
    string Address,
    IReadOnlyList<string>? Countries,
    string Risk,
    Disclosure MaxDisclosure,
    DateTimeOffset AddedAt
)
{
    public const string LowRisk = "low";
    public const string HighRisk = "high";

    /// <summary>Its name in other languages than that of <c>Name</c>.</summary>
    public LocaleWords Names { get; init; } = LocaleWords.None;

    /// <summary>Its name in a reader's language, otherwise its name.</summary>
    public string NameIn(string locale) => Names.Find(locale)?.Words ?? Name;

    /// <summary>Null for the term of the campaign.</summary>
    public AnswerTerm? AnswerWithin { get; init; }

    /// <summary>One of <see cref="RecipientKind.All"/>; null where staff did not say.</summary>
    public string? Kind { get; init; }

    /// <summary>The language of packets whose order names none; null for the campaign's.</summary>
    public string? Locale { get; init; }

    /// <summary>Null where staff did not say how it receives.</summary>
    public RecipientProfile? Profile { get; init; }
}
