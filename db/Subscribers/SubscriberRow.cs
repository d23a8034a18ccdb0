using Campaigns.Crypto;
using Campaigns.Subscribers;

namespace Campaigns.Db.Subscribers;

/// <summary>A subscriber as stored. Of an ended one only the index is left.</summary>
internal sealed record SubscriberRow
{
    public const string Columns = """
        id, campaign_id, state, source, address, blind_index, index_version, locale, country,
        consented_at, privacy_version, wording_hash, generation, expires_at, term_from, ended_at
        """;

    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required string State { get; init; }
    public required string? Source { get; init; }
    public required byte[]? Address { get; init; }
    public required byte[] BlindIndex { get; init; }
    public required long IndexVersion { get; init; }
    public required string? Locale { get; init; }
    public required string? Country { get; init; }
    public required DateTimeOffset? ConsentedAt { get; init; }
    public required string? PrivacyVersion { get; init; }
    public required string? WordingHash { get; init; }
    public required long Generation { get; init; }
    public required DateTimeOffset? ExpiresAt { get; init; }
    public required DateTimeOffset? TermFrom { get; init; }
    public required DateTimeOffset? EndedAt { get; init; }

    public bool IsActive => State == SubscriberState.Active;

    public bool IsEnded => State == SubscriberState.Ended;

    public IndexedAddress Index => new((int)IndexVersion, BlindIndex);

    /// <summary>True if the row has what the request has, so that older links stay alive.</summary>
    public bool HasData(NewSubscription request) =>
        !IsEnded
        && (Locale, Country, PrivacyVersion, WordingHash)
            == (request.Locale, request.Country, request.NoticeVersion, request.WordingHash);
}
