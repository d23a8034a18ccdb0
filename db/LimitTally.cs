namespace Campaigns.Db;

/// <summary>
/// How often each limit of <see cref="LimitOptions"/> acted in the last 24 full hours, by the name
/// of its setting. In the memory of this process only, and without the current hour: a live number
/// would show whether an address that a member tried has signed.
/// </summary>
public sealed class LimitTally(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Limit, long Hour), long> _hours = [];

    /// <summary>When this process began to count.</summary>
    public DateTimeOffset Since { get; } = time.UtcNow();

    public void Record(string limit, long times = 1)
    {
        if (times == 0)
            return;
        var hour = CountedHours.Of(time.UtcNow());
        lock (_lock)
        {
            if (!_hours.TryGetValue((limit, hour), out var before))
            {
                foreach (var old in _hours.Keys.Where(key => key.Hour < hour - CountedHours.PerDay).ToList())
                    _hours.Remove(old);
            }
            _hours[(limit, hour)] = before + times;
        }
    }

    public long Read(string limit)
    {
        var now = CountedHours.Of(time.UtcNow());
        lock (_lock)
            return _hours
                .Where(row => row.Key.Limit == limit && row.Key.Hour < now && row.Key.Hour >= now - CountedHours.PerDay)
                .Sum(row => row.Value);
    }
}
