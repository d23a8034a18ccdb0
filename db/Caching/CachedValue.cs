namespace Campaigns.Db.Caching;

/// <summary>
/// One thing of the database, snapshot in memory until a commit says that it moved. However many
/// ask at once, one of them reads and the others wait for it without holding a thread. What is
/// snapshot is never read again while it is current.
/// </summary>
/// <param name="read">Reads the thing. What it throws reaches everybody who waits for that reading,
/// and the next one tries anew.</param>
/// <param name="time">Ages are taken from its timestamps, which no wall clock moves.</param>
/// <param name="lifetime">How long it may be snapshot where somebody else may move it unheard; null
/// where every move is heard of.</param>
/// <param name="serveStaleWhileBusy">
/// For what moves all the time and is dear to read: once readings took more than a tenth of the
/// time, those who ask get what is snapshot, as long as it was read within the last second.
/// Readings that take a tenth of a second together are always let through, so that whoever confirms
/// sees their own signature counted. Rejected: a pause after each reading, because one slow reading
/// would hide the next confirmation.
/// </param>
internal sealed class CachedValue<T>(
    Func<T> read,
    TimeProvider time,
    TimeSpan? lifetime = null,
    bool serveStaleWhileBusy = false
)
    where T : class
{
    private const int Share = 10;
    private static readonly TimeSpan _oldest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _allowance = _oldest / Share;

    private readonly Lock _gate = new();
    private Snapshot? _snapshot;
    private TaskCompletionSource? _reading;
    private TimeSpan _budgetUsed;
    private long _budgetUsedAt;
    private long _invalidations;

    /// <summary>
    /// The thing as of the last commit that ended before this call, or, when serveStaleWhileBusy,
    /// at most a second old.
    /// </summary>
    public ValueTask<T> GetAsync()
    {
        var wanted = Volatile.Read(ref _invalidations);
        return Volatile.Read(ref _snapshot) is { } snapshot && snapshot.Invalidations == wanted && IsFresh(snapshot)
            ? new(snapshot.Value)
            : new(WaitAsync(wanted));
    }

    /// <summary>
    /// The same for callers that cannot wait otherwise than by holding their thread.
    /// </summary>
    public T Get()
    {
        var wanted = Volatile.Read(ref _invalidations);
        if (Volatile.Read(ref _snapshot) is { } snapshot && snapshot.Invalidations == wanted && IsFresh(snapshot))
            return snapshot.Value;
        T? value;
        var asked = time.GetTimestamp();
        while (Step(wanted, asked, out value) is { } other)
            other.GetAwaiter().GetResult();
        return value!;
    }

    /// <summary>To be called once a commit that moved the thing is on disk.</summary>
    public void Invalidate() => Interlocked.Increment(ref _invalidations);

    /// <summary>
    /// True while it is certain that no commit has moved the thing since this value was read.
    /// </summary>
    public bool IsCurrent(T value) =>
        Volatile.Read(ref _snapshot) is { } snapshot
        && ReferenceEquals(snapshot.Value, value)
        && snapshot.Invalidations == Volatile.Read(ref _invalidations)
        && lifetime is null;

    private async Task<T> WaitAsync(long wanted)
    {
        T? value;
        var asked = time.GetTimestamp();
        while (Step(wanted, asked, out value) is { } other)
            await other;
        return value!;
    }

    /// <summary>
    /// Null with the value; otherwise somebody's reading to wait for, which may have begun too
    /// early for this caller.
    /// </summary>
    private Task? Step(long wanted, long asked, out T? value)
    {
        TaskCompletionSource mine;
        lock (_gate)
        {
            if (
                _snapshot is { } snapshot
                && (
                    (snapshot.Invalidations >= wanted && (snapshot.ReadAt >= asked || IsFresh(snapshot)))
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
            _reading = mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        value = Read(mine);
        return null;
    }

    private T Read(TaskCompletionSource mine)
    {
        // Before the reading: a commit during it may or may not be in what is read.
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
            mine.SetResult();
            return value;
        }
        catch (Exception error)
        {
            lock (_gate)
                _reading = null;
            mine.SetException(error);
            // Seen: nobody may have been waiting.
            _ = mine.Task.Exception;
            throw;
        }
    }

    private bool IsFresh(Snapshot snapshot) => lifetime is null || time.GetElapsedTime(snapshot.ReadAt) < lifetime;

    private bool ServesStale(Snapshot snapshot) =>
        serveStaleWhileBusy && ReadBudgetUsed() > _allowance && time.GetElapsedTime(snapshot.ReadAt) < _oldest;

    private TimeSpan ReadBudgetUsed() =>
        _budgetUsed - (time.GetElapsedTime(_budgetUsedAt) / Share) is var left && left > TimeSpan.Zero
            ? left
            : TimeSpan.Zero;

    private void AddToReadBudget(TimeSpan duration)
    {
        _budgetUsed = ReadBudgetUsed() + duration;
        _budgetUsedAt = time.GetTimestamp();
    }

    private sealed record Snapshot(T Value, long Invalidations, long ReadAt);
}
