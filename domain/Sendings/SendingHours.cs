namespace Campaigns.Sendings;

/// <summary>The hours of a day in which letters may leave, in the zone of the campaign.</summary>
/// <param name="From">The first minute.</param>
/// <param name="To">The first minute that is too late. Before <paramref name="From"/>, the hours
/// pass midnight.</param>
public sealed record SendingHours(TimeOnly From, TimeOnly To)
{
    /// <summary>True if a letter may leave now.</summary>
    public bool AllowsAt(DateTimeOffset now, string zone) =>
        TimeOnly.FromDateTime(TimeZones.Local(now, zone).DateTime).IsBetween(From, To);
}
