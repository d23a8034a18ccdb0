namespace Campaigns.Db.Counts;

/// <summary>
/// Compares the counters by hour with the rows. Hours that are no longer kept as one are compared
/// by day, whether the job has added them to their day or not.
/// </summary>
internal sealed class HourRecount(DateTimeOffset now)
{
    private readonly Dictionary<(string Country, long Hour), long> _confirmed = [];
    private readonly Dictionary<long, long> _signed = [];
    private readonly Dictionary<long, (long Signed, long Letters, long Pressed)> _byProvider = [];

    public long Drift =>
        _confirmed.Values.Sum(Math.Abs)
        + _signed.Values.Sum(Math.Abs)
        + _byProvider.Values.Sum(rest => Math.Abs(rest.Signed) + Math.Abs(rest.Letters) + Math.Abs(rest.Pressed));

    public void Add(IEnumerable<HourCounterRow> countries, IEnumerable<HourCounterRow> providers)
    {
        foreach (var row in countries)
        {
            Add(_confirmed, (row.Key, Kept(row.Hour)), row.Confirmed);
            Add(_signed, Kept(row.Hour), row.Signed);
            AddSteps(row, 1);
        }
        foreach (var row in providers)
            AddSteps(row, -1);
    }

    /// <summary>
    /// A newer request may change the country of a signature that is counted already, so these are
    /// compared over all countries.
    /// </summary>
    public void SubtractSigned(long hour, long rows) => Add(_signed, Kept(hour), -rows);

    public void SubtractConfirmed(string country, long hour, long rows) =>
        Add(_confirmed, (country, Kept(hour)), -rows);

    private void AddSteps(HourCounterRow row, int sign)
    {
        var sum = _byProvider.GetValueOrDefault(Kept(row.Hour));
        _byProvider[Kept(row.Hour)] = (
            sum.Signed + (sign * row.Signed),
            sum.Letters + (sign * row.Letters),
            sum.Pressed + (sign * row.Pressed)
        );
    }

    private long Kept(long hour) => CountedHours.Kept(hour, now);

    private static void Add<TKey>(Dictionary<TKey, long> sums, TKey key, long value)
        where TKey : notnull => sums[key] = sums.GetValueOrDefault(key) + value;
}
