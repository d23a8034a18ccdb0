namespace Campaigns.Db.Bounces;

/// <summary>A letter that came back, or that its reader complained of.</summary>
internal sealed record ReturnedLetter
{
    public required long Id { get; init; }

    /// <summary>Empty for an update.</summary>
    public required string Kind { get; init; }
    public required string State { get; init; }

    /// <summary>Null for a letter to a member.</summary>
    public long? CampaignId { get; init; }
    public long? SignatureId { get; init; }
    public long? SubscriberId { get; init; }
    public long? UpdateId { get; init; }

    /// <summary>The table of its outbox.</summary>
    public string Table { get; init; } = "";
}
