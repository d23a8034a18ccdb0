namespace Campaigns.Api.Endpoints.Campaigns;

// The bodies for the OpenAPI document only; CampaignRequestParser reads the fields.

/// <summary>A new campaign. A missing disclosure is count.</summary>
internal sealed record CampaignRequest(
    string Slug,
    string Organisation,
    Controller Controller,
    PrivacyNoticeRequest PrivacyNotice,
    IReadOnlyDictionary<string, TextRequest> Texts,
    int Goal,
    IReadOnlyList<CountryRequest>? Countries = null,
    DateTimeOffset? OpensAt = null,
    DateTimeOffset? ClosesAt = null,
    DateOnly? HandOverOn = null,
    int? AnswerWithinDays = null,
    int? EraseAfterDays = null,
    bool? Sensitive = null,
    string? TimeZone = null,
    IReadOnlyList<string>? AllowedOrigins = null,
    IReadOnlyList<RecipientRequest>? Recipients = null,
    ShareView? Share = null
);

/// <summary>A merge patch of a campaign (RFC 7396). Arrays replace, objects are merged.</summary>
internal sealed record ChangeCampaignRequest(
    string? Organisation = null,
    Controller? Controller = null,
    PrivacyNoticeRequest? PrivacyNotice = null,
    IReadOnlyDictionary<string, TextRequest>? Texts = null,
    int? Goal = null,
    IReadOnlyList<CountryRequest>? Countries = null,
    DateTimeOffset? OpensAt = null,
    DateTimeOffset? ClosesAt = null,
    DateOnly? HandOverOn = null,
    int? AnswerWithinDays = null,
    int? EraseAfterDays = null,
    bool? Sensitive = null,
    string? TimeZone = null,
    IReadOnlyList<string>? AllowedOrigins = null,
    IReadOnlyList<RecipientRequest>? Recipients = null,
    ShareView? Share = null
);

/// <summary>The words of a petition in one locale.</summary>
internal sealed record TextRequest(string Title, string Demand);

/// <summary>A new version of the texts, by locale.</summary>
internal sealed record TextsRequest(IReadOnlyDictionary<string, TextRequest> Texts);

internal sealed record CountryRequest(string Country, int? Goal = null, string? Locale = null);

/// <summary>
/// A recipient. Countries missing or null are all countries; risk is low or high; maxDisclosure is
/// count, initials or name, count if missing. AnswerWithin, kind, locale, profile and names missing
/// keep what the recipient has, null clears them: the term and the language are then the
/// campaign's.
/// </summary>
internal sealed record RecipientRequest(
    string Key,
    string Name,
    string Risk,
    string? Address = null,
    IReadOnlyList<string>? Countries = null,
    string? MaxDisclosure = null,
    AnswerTermView? AnswerWithin = null,
    string? Kind = null,
    string? Locale = null,
    RecipientProfileView? Profile = null,
    IReadOnlyDictionary<string, string>? Names = null
);

/// <summary>
/// A version of the privacy notice: one text, or one for each locale, or both. Text is for the
/// languages without one of their own; missing, it is the first of texts.
/// </summary>
internal sealed record PrivacyNoticeRequest(
    string Version,
    string? Text = null,
    IReadOnlyDictionary<string, string>? Texts = null
);
