namespace Campaigns;

/// <summary>
/// A campaign as staff entered it: validated, not yet stored. Its texts have no version or hash
/// yet.
/// </summary>
public sealed record CampaignDraft
{
    public required string Slug { get; init; }
    public required string Organisation { get; init; }
    public required Controller Controller { get; init; }
    public required PrivacyNotice PrivacyNotice { get; init; }
    public required IReadOnlyList<DraftText> Texts { get; init; }
    public required int Goal { get; init; }
    public required IReadOnlyList<CampaignCountry> Countries { get; init; }
    public required IReadOnlyList<DraftRecipient> Recipients { get; init; }
    public DateTimeOffset? OpensAt { get; init; }
    public DateTimeOffset? ClosesAt { get; init; }
    public DateOnly? HandOverOn { get; init; }
    public int? AnswerWithinDays { get; init; }
    public int? EraseAfterDays { get; init; }
    public bool Sensitive { get; init; }

    /// <summary>Null for the zone of the first country.</summary>
    public string? TimeZone { get; init; }
    public required IReadOnlyList<string> AllowedOrigins { get; init; }
    public ShareWords Share { get; init; } = ShareWords.None;
}
