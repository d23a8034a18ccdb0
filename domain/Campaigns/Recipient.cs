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

    /// <summary>Null for the term of the campaign.</summary>
    public AnswerTerm? AnswerWithin { get; init; }
}
