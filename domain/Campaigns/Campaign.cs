using System.Security.Cryptography;
using System.Text;

namespace Campaigns;

/// <summary>
/// The current state of a campaign: its petition texts, countries, goals and recipients.
/// </summary>
public sealed record Campaign
{
    public required long Id { get; init; }
    public required string Slug { get; init; }
    public required string State { get; init; }

    /// <summary>Increases with every edit.</summary>
    public required long Version { get; init; }
    public required string Organisation { get; init; }
    public required Controller Controller { get; init; }
    public required PrivacyNotice PrivacyNotice { get; init; }

    /// <summary>The current version of each locale, the campaign's first locale first.</summary>
    public required IReadOnlyList<PetitionText> Texts { get; init; }
    public required IReadOnlyList<CampaignCountry> Countries { get; init; }
    public required IReadOnlyList<Recipient> Recipients { get; init; }
    public required int Goal { get; init; }
    public required DateTimeOffset? OpensAt { get; init; }
    public required DateTimeOffset? ClosesAt { get; init; }

    /// <summary>When staff closed it; null while it is open or was never opened.</summary>
    public required DateTimeOffset? ClosedAt { get; init; }
    public required DateOnly? HandOverOn { get; init; }
    public required int? AnswerWithinDays { get; init; }
    public required int? EraseAfterDays { get; init; }

    /// <summary>
    /// Public counts change only when the ledger is sealed, so that the counts do not show when one
    /// person signs.
    /// </summary>
    public required bool Sensitive { get; init; }

    /// <summary>The time zone that staff chose; null for the zone of the first country.</summary>
    public required string? ChosenTimeZone { get; init; }
    public required IReadOnlyList<string> AllowedOrigins { get; init; }

    public ShareWords Share { get; init; } = ShareWords.None;

    /// <summary>
    /// The IANA name of the zone in which the campaign's times are shown. A campaign that lists no
    /// country uses UTC.
    /// </summary>
    public string TimeZone =>
        ChosenTimeZone ?? (Countries.Count > 0 ? Country.TimeZone(Countries[0].Country) : TimeZones.Utc);

    public IReadOnlySet<string> ListedCountries =>
        field ??= Countries.Select(country => country.Country).ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Identifies the recipients as the form shows them. A page carries this value, so that a
    /// disclosure chosen on an old page is not applied to new recipients.
    /// </summary>
    public string RecipientsFingerprint =>
        field ??= Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Recipients.Select(FingerprintLine))))
        )[..16];

    /// <summary>How long personal data may be stored.</summary>
    public Retention Retention => Retention.Of(State, EraseAfterDays, HandOverOn, ClosesAt, ClosedAt);

    /// <summary>True if anyone may see the campaign.</summary>
    public bool IsPublic => CampaignLifecycle.Find(State, CampaignAct.Show).IsAllowed;

    /// <summary>True if the campaign stands in the public list.</summary>
    public bool IsListed => CampaignLifecycle.Find(State, CampaignAct.List).IsAllowed;

    /// <summary>
    /// A campaign accepts signatures while it is open and <c>opensAt ≤ now &lt; closesAt</c>. A
    /// missing bound does not limit.
    /// </summary>
    public bool AcceptsSignatures(DateTimeOffset now) =>
        CampaignLifecycle.Find(State, CampaignAct.Sign).IsAllowed
        && (OpensAt is null || OpensAt <= now)
        && (ClosesAt is null || now < ClosesAt);

    /// <summary>True if people may ask for updates.</summary>
    public bool AcceptsSubscriptions => CampaignLifecycle.Find(State, CampaignAct.Subscribe).IsAllowed;

    /// <summary>
    /// The text in the locale nearest to the given one (<see cref="Locales.Lookup"/>), or in the
    /// campaign's first locale if none is near.
    /// </summary>
    public PetitionText Text(string? locale) =>
        Texts.FirstOrDefault(text => text.Locale == locale)
        ?? (
            Locales.Lookup(locale, [.. Texts.Select(text => text.Locale)]) is { } near
                ? Texts.First(text => text.Locale == near)
                : Texts[0]
        );

    private static string FingerprintLine(Recipient recipient)
    {
        var countries = recipient.Countries is null ? "*" : string.Join(' ', recipient.Countries);
        return $"{recipient.Key}\t{recipient.Name}\t{recipient.Address}\t{recipient.Risk}\t"
            + $"{recipient.MaxDisclosure}\t{countries}"
            + string.Concat(recipient.Names.ByLocale.Select(name => $"\t{name.Key} {name.Value}"));
    }
}
