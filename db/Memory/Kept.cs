namespace Campaigns.Db.Memory;

/// <summary>
/// One thing of the database, held in memory until a commit says that it moved. However many ask at once, one of them reads and the others
/// wait for it without holding a thread. What is held is never read again while it is current.
/// </summary>
/// <param name="read">Reads the thing. What it throws reaches everybody who waits for that reading, and the next one tries anew.</param>
/// <param name="time">Ages are taken from its timestamps, which no wall clock moves.</param>
/// <param name="lasts">How long it may be held where somebody else may move it unheard; null where every move is heard of.</param>
/// <param name="sparing">
/// For what moves all the time and is dear to read: once readings took more than a tenth of the time, those who ask get what is held, as long
/// as it was read within the last second. Readings that take a tenth of a second together are always let through, so that whoever confirms
/// sees their own signature counted. Rejected: a pause after each reading, because one slow reading would hide the next confirmation.
/// </param>
internal sealed class Kept<T>(Func<T> read, TimeProvider time, TimeSpan? lasts = null, bool sparing = false)
    where T : class
{
    private const int Share = 10;
    private static readonly TimeSpan _oldest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _allowance = _oldest / Share;

    private readonly Lock _gate = new();
    private Held? _held;
    private TaskCompletionSource? _reading;
    private TimeSpan _spent;
    private long _spentAt;
    private long _moves;

    /// <summary>The thing as of the last commit that ended before this call, or, when sparing, at most a second old.</summary>
    public ValueTask<T> GetAsync()
    {
        var wanted = Volatile.Read(ref _moves);
        return Volatile.Read(ref _held) is { } held && held.Moves == wanted && Lasts(held) ? new(held.Value) : new(WaitAsync(wanted));
    }

    /// <summary>The same for callers that cannot wait otherwise than by holding their thread.</summary>
    public T Get()
    {
        var wanted = Volatile.Read(ref _moves);
        if (Volatile.Read(ref _held) is { } held && held.Moves == wanted && Lasts(held)) return held.Value;
        T? value;
        var asked = time.GetTimestamp();
        while (Step(wanted, asked, out value) is { } other) other.GetAwaiter().GetResult();
        return value!;
    }

    /// <summary>To be called once a commit that moved the thing is on disk.</summary>
    public void Move() => Interlocked.Increment(ref _moves);

    /// <summary>True while it is certain that no commit has moved the thing since this value was read.</summary>
    public bool IsCurrent(T value) => Volatile.Read(ref _held) is { } held && ReferenceEquals(held.Value, value) && held.Moves == Volatile.Read(ref _moves) && lasts is null;

    private async Task<T> WaitAsync(long wanted)
    {
        T? value;
        var asked = time.GetTimestamp();
        while (Step(wanted, asked, out value) is { } other) await other;
        return value!;
    }

    /// <summary>Null with the value; otherwise somebody's reading to wait for, which may have begun too early for this caller.</summary>
    private Task? Step(long wanted, long asked, out T? value)
    {
        TaskCompletionSource mine;
        lock (_gate)
        {
            if (_held is { } held && ((held.Moves >= wanted && (held.ReadAt >= asked || Lasts(held))) || IsSpared(held)))
            {
                value = held.Value;
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
        var moves = Volatile.Read(ref _moves);
        var started = time.GetTimestamp();
        try
        {
            var value = read();
            lock (_gate)
            {
                Spend(time.GetElapsedTime(started));
                _held = new Held(value, moves, started);
                _reading = null;
            }
            mine.SetResult();
            return value;
        }
        catch (Exception error)
        {
            lock (_gate) _reading = null;
            mine.SetException(error);
            // Seen: nobody may have been waiting.
            _ = mine.Task.Exception;
            throw;
        }
    }

    private bool Lasts(Held held) => lasts is null || time.GetElapsedTime(held.ReadAt) < lasts;

    private bool IsSpared(Held held) => sparing && Spent() > _allowance && time.GetElapsedTime(held.ReadAt) < _oldest;

    private TimeSpan Spent() => _spent - (time.GetElapsedTime(_spentAt) / Share) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    private void Spend(TimeSpan duration)
    {
        _spent = Spent() + duration;
        _spentAt = time.GetTimestamp();
    }

    private sealed record Held(T Value, long Moves, long ReadAt);
}
