namespace Campaigns.Db.Counts;

/// <summary>New signatures of each mail provider by day (UTC).</summary>
/// <param name="AsOf">Until when they are counted.</param>
/// <param name="Days">The days, oldest first; the last is today.</param>
/// <param name="Providers">By provider a number for each of the days.</param>
public sealed record ProviderDays(
    DateTimeOffset AsOf,
    IReadOnlyList<DateOnly> Days,
    IReadOnlyList<(string Provider, IReadOnlyList<long> Signed)> Providers
);
