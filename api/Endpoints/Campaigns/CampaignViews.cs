using System.Text.Json.Serialization;
using Campaigns.Api.Endpoints.Handovers;
using Campaigns.Db.Counts;

namespace Campaigns.Api.Endpoints.Campaigns;

internal sealed record CampaignSummary(
    string Slug,
    IReadOnlyDictionary<string, string> Titles,
    long Confirmed,
    int Goal,
    string State,
    DateTimeOffset? ClosesAt
)
{
    public static CampaignSummary From(Campaign campaign, long confirmed) =>
        new(
            campaign.Slug,
            campaign.Texts.ToDictionary(text => text.Locale, text => text.Title),
            confirmed,
            campaign.Goal,
            campaign.State,
            campaign.ClosesAt
        );
}

internal sealed record TextView(string Title, string Demand, int Version, string Hash);

internal sealed record CountryView(string Country, string Name, int? Goal);

internal sealed record RecipientName(
    string Key,
    string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, string>? Names = null
);

/// <summary>The public view of a campaign.</summary>
internal sealed record CampaignView(
    string Slug,
    string State,
    string Organisation,
    Controller Controller,
    PrivacyNoticeView PrivacyNotice,
    IReadOnlyDictionary<string, TextView> Texts,
    IReadOnlyList<CountryView> Countries,
    IReadOnlyList<RecipientName> Recipients,
    int Goal,
    long Confirmed,
    DateTimeOffset? OpensAt,
    DateTimeOffset? ClosesAt,
    DateOnly? HandOverOn,
    int? EraseAfterDays,
    string TimeZone,
    IReadOnlyList<PublicHandoverView> Handovers,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ShareView? Share = null
)
{
    public static CampaignView From(
        Campaign campaign,
        PublicCounts counts,
        string locale,
        IReadOnlyList<PublicHandoverView> handovers
    ) =>
        new(
            campaign.Slug,
            campaign.State,
            campaign.Organisation,
            campaign.Controller,
            PrivacyNoticeView.From(campaign.PrivacyNotice),
            TextsOf(campaign),
            [
                .. campaign.Countries.Select(country => new CountryView(
                    country.Country,
                    Country.Name(country.Country, locale),
                    country.Goal
                )),
            ],
            [
                .. campaign.Recipients.Select(recipient => new RecipientName(
                    recipient.Key,
                    recipient.Name,
                    PrivacyNoticeView.Of(recipient.Names)
                )),
            ],
            campaign.Goal,
            counts.Confirmed,
            campaign.OpensAt,
            campaign.ClosesAt,
            campaign.HandOverOn,
            campaign.EraseAfterDays,
            campaign.TimeZone,
            handovers,
            ShareView.From(campaign.Share)
        );

    public static IReadOnlyDictionary<string, TextView> TextsOf(Campaign campaign) =>
        campaign.Texts.ToDictionary(
            text => text.Locale,
            text => new TextView(text.Title, text.Demand, text.Version, text.Hash)
        );
}

internal sealed record RecipientView(
    string Key,
    string Name,
    string Address,
    IReadOnlyList<string>? Countries,
    string Risk,
    string MaxDisclosure,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] AnswerTermView? AnswerWithin = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Kind = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Locale = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RecipientProfileView? Profile = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, string>? Names = null
);

/// <summary>
/// How a recipient receives: media are paper, medium and email, weekdays mon to sun. Null where
/// staff did not say.
/// </summary>
internal sealed record RecipientProfileView(
    int? NoticeDays,
    int? Admits,
    IReadOnlyList<string>? Media,
    IReadOnlyList<string>? Weekdays,
    string? Note
)
{
    public static RecipientProfileView From(RecipientProfile profile) =>
        new(profile.NoticeDays, profile.Admits, profile.Media, profile.Weekdays, profile.Note);
}

/// <summary>
/// How long a recipient has to answer: calendar days, or working days of the country whose holidays
/// are named.
/// </summary>
internal sealed record AnswerTermView(
    int Days,
    string Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Holidays = null
)
{
    public static AnswerTermView From(AnswerTerm term) => new(term.Days, term.Kind, term.Holidays);
}

/// <summary>
/// The staff's view of a campaign: all fields that they may set, its state, the public number of
/// confirmed signatures, and the day its personal data are erased (null while not known). A time
/// zone of null means that of the first country.
/// </summary>
internal sealed record StaffCampaignView(
    string Slug,
    string State,
    long Confirmed,
    DateOnly? EraseOn,
    string Organisation,
    Controller Controller,
    PrivacyNoticeView PrivacyNotice,
    IReadOnlyDictionary<string, TextView> Texts,
    int Goal,
    IReadOnlyList<CampaignCountry> Countries,
    DateTimeOffset? OpensAt,
    DateTimeOffset? ClosesAt,
    DateOnly? HandOverOn,
    int? AnswerWithinDays,
    int? EraseAfterDays,
    bool Sensitive,
    string? TimeZone,
    IReadOnlyList<string> AllowedOrigins,
    IReadOnlyList<RecipientView> Recipients,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ShareView? Share = null
)
{
    public static StaffCampaignView From(Campaign campaign, long confirmed) =>
        new(
            campaign.Slug,
            campaign.State,
            confirmed,
            campaign.Retention.ErasesAt is { } end ? DateOnly.FromDateTime(end.UtcDateTime) : null,
            campaign.Organisation,
            campaign.Controller,
            PrivacyNoticeView.From(campaign.PrivacyNotice),
            CampaignView.TextsOf(campaign),
            campaign.Goal,
            campaign.Countries,
            campaign.OpensAt,
            campaign.ClosesAt,
            campaign.HandOverOn,
            campaign.AnswerWithinDays,
            campaign.EraseAfterDays,
            campaign.Sensitive,
            campaign.ChosenTimeZone,
            campaign.AllowedOrigins,
            [
                .. campaign.Recipients.Select(r => new RecipientView(
                    r.Key,
                    r.Name,
                    r.Address,
                    r.Countries,
                    r.Risk,
                    r.MaxDisclosure.Text(),
                    r.AnswerWithin is { } term ? AnswerTermView.From(term) : null,
                    r.Kind,
                    r.Locale,
                    r.Profile is { } profile ? RecipientProfileView.From(profile) : null,
                    PrivacyNoticeView.Of(r.Names)
                )),
            ],
            ShareView.From(campaign.Share)
        );
}
