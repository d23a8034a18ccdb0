namespace Campaigns.Db.Signatures;

/// <summary>How many addresses of a campaign get no letters, for one reason.</summary>
public sealed record SuppressionCount
{
    public required string Reason { get; init; }
    public required long Addresses { get; init; }
}
