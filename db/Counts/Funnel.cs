namespace Campaigns.Db.Counts;

/// <summary>The steps of a campaign until an instant.</summary>
public sealed record Funnel(DateTimeOffset AsOf, IReadOnlyList<FunnelStep> Steps);
