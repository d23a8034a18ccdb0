using Campaigns.Crypto;

namespace Campaigns.Db.Subscribers;

/// <summary>An active subscriber, for a sending. The address is not decrypted yet.</summary>
public sealed record Subscriber
{
    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required byte[] Address { get; init; }
    public required byte[] BlindIndex { get; init; }
    public required long IndexVersion { get; init; }
    public required string Locale { get; init; }

    /// <summary>Null if the person did not say where they live.</summary>
    public required string? Country { get; init; }

    /// <summary>For <see cref="SubscriberEncryption.UnsubscribeToken"/>.</summary>
    public IndexedAddress Index => new((int)IndexVersion, BlindIndex);
}
