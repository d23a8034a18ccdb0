using Campaigns.Db.Engine;

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
    public required string? Names { get; init; }
    public required string? Kind { get; init; }
    public required string? Locale { get; init; }
    public required int? NoticeDays { get; init; }
    public required int? Admits { get; init; }
    public required IReadOnlyList<string>? Media { get; init; }
    public required IReadOnlyList<string>? Weekdays { get; init; }
    public required string? ProfileNote { get; init; }

    public Recipient ToRecipient() =>
        new(Key, Name, Address, Countries, Risk, MaxDisclosure, AddedAt)
        {
            Names = StoredWords.Read(Names),
            AnswerWithin = AnswerDays is { } days ? new AnswerTerm(days, AnswerKind!, AnswerHolidays) : null,
            Kind = Kind,
            Locale = Locale,
            Profile = ToProfile(),
        };

    private RecipientProfile? ToProfile()
    {
        var profile = new RecipientProfile(NoticeDays, Admits, Media, Weekdays, ProfileNote);
        return profile.IsEmpty ? null : profile;
    }
}
