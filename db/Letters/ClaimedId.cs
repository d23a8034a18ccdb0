namespace Campaigns.Db.Letters;

/// <summary>A letter of a claim, before it is known whether it may leave now.</summary>
internal sealed record ClaimedId
{
    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required long Attempt { get; init; }
    public required long Tries { get; init; }

    /// <summary>Null for a domain that is not bounded.</summary>
    public required byte[]? DomainHash { get; init; }

    /// <summary>When its place began; null if it never waited for one.</summary>
    public required DateTimeOffset? TurnAt { get; init; }
}
