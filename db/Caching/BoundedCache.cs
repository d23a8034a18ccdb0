namespace Campaigns.Db.Caching;

/// <summary>
/// Values that are expensive to make, by a key that an edit changes, so that old keys are never
/// asked for again. When it is full it forgets everything, and what is needed is made again.
/// </summary>
/// <param name="most">The number of values.</param>
public sealed class BoundedCache<TKey, TValue>(int most)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, TValue> _values = [];

    public int Count
    {
        get
        {
            lock (_gate)
                return _values.Count;
        }
    }

    /// <summary>
    /// Returns the value, and makes it if it is missing. Concurrent callers may make it twice with
    /// the same content.
    /// </summary>
    public TValue GetOrAdd<TState>(TKey key, Func<TKey, TState, TValue> make, TState state)
    {
        lock (_gate)
            if (_values.TryGetValue(key, out var known))
                return known;
        var value = make(key, state);
        lock (_gate)
        {
            if (_values.Count >= most)
                _values.Clear();
            _values[key] = value;
        }
        return value;
    }
}
