namespace Campaigns;

/// <summary>
/// A period beside the one before it, which is as long and ends where it begins.
/// </summary>
/// <param name="Now">What the period added.</param>
/// <param name="Before">What the period before added.</param>
public sealed record ComparedPeriods(long Now, long Before)
{
    public long Difference => Now - Before;

    /// <summary>
    /// The difference in whole percent of the period before, rounded half away from zero; null if
    /// that added nothing, because nothing has no percentage.
    /// </summary>
    public long? Percent =>
        Before > 0 ? (long)Math.Round(Difference * 100m / Before, MidpointRounding.AwayFromZero) : null;

    /// <summary>The period before, for two hours as in <see cref="CountedHours"/>.</summary>
    public static (long From, long To) PeriodBefore(long from, long to) => (from - (to - from), from);
}
