namespace Campaigns.Db.Campaigns;

internal sealed class TextRow
{
    public required long CampaignId { get; init; }
    public required string Locale { get; init; }
    public required int Version { get; init; }
    public required string Title { get; init; }
    public required string Demand { get; init; }
    public required string Hash { get; init; }
}

internal sealed class CountryRow
{
    public required long CampaignId { get; init; }
    public required string Country { get; init; }
    public required int? Goal { get; init; }
    public required string? Locale { get; init; }
}
