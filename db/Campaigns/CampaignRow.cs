using Campaigns.Db.Engine;

namespace Campaigns.Db.Campaigns;

internal sealed class CampaignRow
{
    public required long Id { get; init; }
    public required string Slug { get; init; }
    public required string State { get; init; }
    public required long Version { get; init; }
    public required string Organisation { get; init; }
    public required string ControllerName { get; init; }
    public required string ControllerContact { get; init; }
    public required string PrivacyVersion { get; init; }
    public required string PrivacyBody { get; init; }
    public required string? PrivacyTexts { get; init; }
    public required int Goal { get; init; }
    public required DateTimeOffset? OpensAt { get; init; }
    public required DateTimeOffset? ClosesAt { get; init; }
    public required DateTimeOffset? ClosedAt { get; init; }
    public required DateOnly? HandOverOn { get; init; }
    public required int? AnswerWithinDays { get; init; }
    public required int? EraseAfterDays { get; init; }
    public required bool Sensitive { get; init; }
    public required string? TimeZone { get; init; }
    public required IReadOnlyList<string> AllowedOrigins { get; init; }
    public required string? ShareText { get; init; }
    public required IReadOnlyList<string>? ShareHashtags { get; init; }

    public Campaign ToCampaign(
        IEnumerable<TextRow> texts,
        IEnumerable<CountryRow> countries,
        IEnumerable<RecipientRow> recipients
    ) =>
        new()
        {
            Id = Id,
            Slug = Slug,
            State = State,
            Version = Version,
            Organisation = Organisation,
            Controller = new Controller(ControllerName, ControllerContact),
            PrivacyNotice = new PrivacyNotice(PrivacyVersion, PrivacyBody) { Texts = StoredWords.Read(PrivacyTexts) },
            Texts =
            [
                .. texts.Select(text => new PetitionText(
                    text.Locale,
                    text.Version,
                    text.Title,
                    text.Demand,
                    text.Hash
                )),
            ],
            Countries =
            [
                .. countries.Select(country => new CampaignCountry(country.Country, country.Goal, country.Locale)),
            ],
            Recipients = [.. recipients.Select(recipient => recipient.ToRecipient())],
            Goal = Goal,
            OpensAt = OpensAt,
            ClosesAt = ClosesAt,
            ClosedAt = ClosedAt,
            HandOverOn = HandOverOn,
            AnswerWithinDays = AnswerWithinDays,
            EraseAfterDays = EraseAfterDays,
            Sensitive = Sensitive,
            ChosenTimeZone = TimeZone,
            AllowedOrigins = AllowedOrigins,
            Share = new ShareWords(StoredWords.Read(ShareText), ShareHashtags ?? []),
        };
}
