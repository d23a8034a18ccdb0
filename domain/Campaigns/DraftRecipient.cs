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
    /// <summary>Null for the term of the campaign.</summary>
    public AnswerTerm? AnswerWithin { get; init; }
}
