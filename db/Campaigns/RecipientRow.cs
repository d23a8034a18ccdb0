namespace Campaigns.Db.Campaigns;

internal sealed class RecipientRow
{
    public required long CampaignId { get; init; }
    public required string Key { get; init; }
    public required string Name { get; init; }
    public required string Address { get; init; }
    public required IReadOnlyList<string>? Countries { get; init; }
    public required string Risk { get; init; }
    public required Disclosure MaxDisclosure { get; init; }
    public required DateTimeOffset AddedAt { get; init; }
    public required int? AnswerDays { get; init; }
    public required string? AnswerKind { get; init; }
    public required string? AnswerHolidays { get; init; }

    public Recipient ToRecipient() =>
        new(Key, Name, Address, Countries, Risk, MaxDisclosure, AddedAt)
        {
            AnswerWithin = AnswerDays is { } days ? new AnswerTerm(days, AnswerKind!, AnswerHolidays) : null,
        };
}
