using System.Text.Json;

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
    public required long Goal { get; init; }
    public required long? OpensAt { get; init; }
    public required long? ClosesAt { get; init; }
    public required long? ClosedAt { get; init; }
    public required string? HandOverOn { get; init; }
    public required long? AnswerWithinDays { get; init; }
    public required long? EraseAfterDays { get; init; }
    public required long Sensitive { get; init; }
    public required string AllowedOrigins { get; init; }

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
            PrivacyNotice = new PrivacyNotice(PrivacyVersion, PrivacyBody),
            Texts =
            [
                .. texts.Select(text => new PetitionText(
                    text.Locale,
                    (int)text.Version,
                    text.Title,
                    text.Demand,
                    text.Hash
                )),
            ],
            Countries =
            [
                .. countries.Select(country => new CampaignCountry(country.Country, (int)country.Goal, country.Locale)),
            ],
            Recipients = [.. recipients.Select(recipient => recipient.ToRecipient())],
            Goal = (int)Goal,
            OpensAt = OpensAt is { } opens ? Instant.FromMilliseconds(opens) : null,
            ClosesAt = ClosesAt is { } closes ? Instant.FromMilliseconds(closes) : null,
            ClosedAt = ClosedAt is { } closed ? Instant.FromMilliseconds(closed) : null,
            HandOverOn = HandOverOn is { } day && Instant.TryParseDate(day, out var date) ? date : null,
            AnswerWithinDays = (int?)AnswerWithinDays,
            EraseAfterDays = (int?)EraseAfterDays,
            Sensitive = Sensitive != 0,
            AllowedOrigins = Lists.Read(AllowedOrigins)!,
        };
}

internal sealed class TextRow
{
    public required long CampaignId { get; init; }
    public required string Locale { get; init; }
    public required long Version { get; init; }
    public required string Title { get; init; }
    public required string Demand { get; init; }
    public required string Hash { get; init; }
}

internal sealed class CountryRow
{
    public required long CampaignId { get; init; }
    public required string Country { get; init; }
    public required long Goal { get; init; }
    public required string? Locale { get; init; }
}

internal sealed class RecipientRow
{
    public required long CampaignId { get; init; }
    public required string Key { get; init; }
    public required string Name { get; init; }
    public required string Address { get; init; }
    public required string? Countries { get; init; }
    public required string Risk { get; init; }
    public required string MaxDisclosure { get; init; }
    public required long AddedAt { get; init; }

    public Recipient ToRecipient() =>
        new(
            Key,
            Name,
            Address,
            Lists.Read(Countries),
            Risk,
            Disclosures.Parse(MaxDisclosure),
            Instant.FromMilliseconds(AddedAt)
        );
}

/// <summary>
/// Stores a short list in one text column as a JSON array.
/// </summary>
internal static class Lists
{
    public static string? Write(IReadOnlyList<string>? values) =>
        values is null ? null : JsonSerializer.Serialize(values);

    public static IReadOnlyList<string>? Read(string? text) =>
        text is null ? null : JsonSerializer.Deserialize<string[]>(text);
}
