namespace Campaigns.Db.Caching;

/// <summary>
/// A value from the database, cached in memory until a commit changes it. When several callers ask
/// at once, one reads and the others wait without blocking a thread. A current value is never read
/// again.
/// </summary>
/// <param name="read">Reads the value. An exception reaches every caller that waits for this read;
/// the next caller reads again.</param>
/// <param name="time">Supplies timestamps for ages, because the wall clock may jump.</param>
/// <param name="lifetime">Maximum age when another process may change the value; null if this
/// process sees every change.</param>
/// <param name="serveStaleWhileBusy">For values that change often and are expensive to read. Once
/// reads use more than a tenth of the time, callers get the cached value if it was read within the
/// last second. Reads up to a tenth of a second in total always run, so that signers see their own
/// signature counted. Rejected: a pause after each read, because one slow read would hide the next
/// confirmation.</param>
internal sealed class CachedValue<T>(
    Func<T> read,
    TimeProvider time,
    TimeSpan? lifetime = null,
    bool serveStaleWhileBusy = false
)
    where T : class
{
    private const int ReadShare = 10;
    private static readonly TimeSpan _maxStaleness = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _budgetAllowance = _maxStaleness / ReadShare;

    private readonly Lock _gate = new();
    private Snapshot? _snapshot;
    private TaskCompletionSource? _reading;
    private TimeSpan _budgetUsed;
    private long _budgetUsedAt;
    private long _invalidations;

    /// <summary>
    /// Returns the value as of the last commit that ended before this call. With
    /// serveStaleWhileBusy it may be up to a second old.
    /// </summary>
    public ValueTask<T> GetAsync()
    {
        var minimum = Volatile.Read(ref _invalidations);
        return Volatile.Read(ref _snapshot) is { } snapshot && snapshot.Invalidations == minimum && IsFresh(snapshot)
            ? new(snapshot.Value)
            : new(WaitAsync(minimum));
    }

    /// <summary>The same for callers that can only wait by blocking their thread.</summary>
    public T Get()
    {
        var minimum = Volatile.Read(ref _invalidations);
        if (Volatile.Read(ref _snapshot) is { } snapshot && snapshot.Invalidations == minimum && IsFresh(snapshot))
            return snapshot.Value;
        T? value;
        var requestedAt = time.GetTimestamp();
        while (Step(minimum, requestedAt, out value) is { } pending)
            pending.GetAwaiter().GetResult();
        return value!;
    }

    /// <summary>
    /// Marks the value as changed. Call this once the commit that changed it is durable.
    /// </summary>
    public void Invalidate() => Interlocked.Increment(ref _invalidations);

    /// <summary>
    /// True while this value is certainly current: no commit has changed it since it was read.
    /// </summary>
    public bool IsCurrent(T value) =>
        Volatile.Read(ref _snapshot) is { } snapshot
        && ReferenceEquals(snapshot.Value, value)
        && snapshot.Invalidations == Volatile.Read(ref _invalidations)
        && lifetime is null;

    private async Task<T> WaitAsync(long minimum)
    {
        T? value;
        var requestedAt = time.GetTimestamp();
        while (Step(minimum, requestedAt, out value) is { } pending)
            await pending;
        return value!;
    }

    /// <summary>
    /// Returns null if <paramref name="value"/> is set; otherwise a pending read, which may have
    /// started too early for this caller.
    /// </summary>
    private Task? Step(long minimum, long requestedAt, out T? value)
    {
        TaskCompletionSource reading;
        lock (_gate)
        {
            if (
                _snapshot is { } snapshot
                && (
                    (snapshot.Invalidations >= minimum && (snapshot.ReadAt >= requestedAt || IsFresh(snapshot)))
                    || ServesStale(snapshot)
                )
            )
            {
                value = snapshot.Value;
                return null;
            }
            if (_reading is not null)
            {
                value = null;
                return _reading.Task;
            }
            _reading = reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        value = Read(reading);
        return null;
    }

    private T Read(TaskCompletionSource reading)
    {
        // Before the read: the result may or may not include a commit that ends during the read.
        var invalidations = Volatile.Read(ref _invalidations);
        var started = time.GetTimestamp();
        try
        {
            var value = read();
            lock (_gate)
            {
                AddToReadBudget(time.GetElapsedTime(started));
                _snapshot = new Snapshot(value, invalidations, started);
                _reading = null;
            }
            reading.SetResult();
            return value;
        }
        catch (Exception error)
        {
            lock (_gate)
                _reading = null;
            reading.SetException(error);
            // Marks the exception as observed, because there may be no waiting caller.
            _ = reading.Task.Exception;
            throw;
        }
    }

    private bool IsFresh(Snapshot snapshot) => lifetime is null || time.GetElapsedTime(snapshot.ReadAt) < lifetime;

    private bool ServesStale(Snapshot snapshot) =>
        serveStaleWhileBusy
        && ReadBudgetUsed() > _budgetAllowance
        && time.GetElapsedTime(snapshot.ReadAt) < _maxStaleness;

    private TimeSpan ReadBudgetUsed() =>
        _budgetUsed - (time.GetElapsedTime(_budgetUsedAt) / ReadShare) is var left && left > TimeSpan.Zero
            ? left
            : TimeSpan.Zero;

    private void AddToReadBudget(TimeSpan duration)
    {
        _budgetUsed = ReadBudgetUsed() + duration;
        _budgetUsedAt = time.GetTimestamp();
    }

    private sealed record Snapshot(T Value, long Invalidations, long ReadAt);
}
