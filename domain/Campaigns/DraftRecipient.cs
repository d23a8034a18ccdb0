namespace Campaigns;

public sealed record DraftRecipient(
    string Key,
    string Name,
    string Address,
    IReadOnlyList<string>? Countries,
    string Risk,
    Disclosure MaxDisclosure
)
{
    /// <summary>Its name in other languages than that of <c>Name</c>.</summary>
    public LocaleWords Names { get; init; } = LocaleWords.None;

    /// <summary>Null for the term of the campaign.</summary>
    public AnswerTerm? AnswerWithin { get; init; }

    /// <summary>One of <see cref="RecipientKind.All"/>; null where staff did not say.</summary>
    public string? Kind { get; init; }

    /// <summary>The language of packets whose order names none; null for the campaign's.</summary>
    public string? Locale { get; init; }

    /// <summary>Null where staff did not say how it receives.</summary>
    public RecipientProfile? Profile { get; init; }
}
