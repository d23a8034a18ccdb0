using Campaigns.Db.Caching;
using Microsoft.Extensions.Time.Testing;

namespace Campaigns.Tests.Unit.Caching;

public sealed class CachedValueTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private int _reads;

    [Fact]
    public async Task Concurrent_callers_share_one_read()
    {
        using var finishRead = new ManualResetEventSlim();
        using var readStarted = new ManualResetEventSlim();
        var cached = new CachedValue<string>(
            () =>
            {
                readStarted.Set();
                Assert.True(finishRead.Wait(_timeout));
                return $"{Interlocked.Increment(ref _reads)}";
            },
            _time
        );
        var first = Task.Run(cached.Get);
        Assert.True(readStarted.Wait(_timeout));
        // Waiting callers block no thread: a thousand of them start on this thread while the first still reads.
        var others = Enumerable.Range(0, 1_000).Select(_ => cached.GetAsync().AsTask()).ToList();
        Assert.DoesNotContain(others, other => other.IsCompleted);
        finishRead.Set();
        Assert.All(await Task.WhenAll(others.Append(first)).WaitAsync(_timeout), value => Assert.Equal("1", value));
        Assert.Equal("1", cached.Get());
    }

    [Fact]
    public async Task Read_started_before_a_commit_does_not_serve_callers_after_it()
    {
        using var finishRead = new ManualResetEventSlim();
        using var readStarted = new ManualResetEventSlim();
        var cached = new CachedValue<string>(
            () =>
            {
                var value = $"{Interlocked.Increment(ref _reads)}";
                readStarted.Set();
                Assert.True(finishRead.Wait(_timeout));
                return value;
            },
            _time
        );
        var before = Task.Run(cached.Get);
        Assert.True(readStarted.Wait(_timeout));
        cached.Invalidate();
        var after = Enumerable.Range(0, 100).Select(_ => cached.GetAsync().AsTask()).ToList();
        finishRead.Set();
        Assert.Equal("1", await before);
        Assert.All(await Task.WhenAll(after).WaitAsync(_timeout), value => Assert.Equal("2", value));
        Assert.Equal(2, _reads);
    }

    [Fact]
    public async Task Cached_value_is_current_until_a_commit_invalidates_it()
    {
        var cached = new CachedValue<string>(() => $"{++_reads}", _time);
        var value = await cached.GetAsync();
        Assert.True(cached.IsCurrent(value));
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Same(value, await cached.GetAsync());
        cached.Invalidate();
        Assert.False(cached.IsCurrent(value));
        Assert.Equal("2", await cached.GetAsync());
        Assert.False(cached.IsCurrent(value));
    }

    [Fact]
    public async Task Failed_read_fails_for_all_waiting_callers_and_is_retried()
    {
        using var finishRead = new ManualResetEventSlim();
        using var readStarted = new ManualResetEventSlim();
        var cached = new CachedValue<string>(
            () =>
            {
                readStarted.Set();
                Assert.True(finishRead.Wait(_timeout));
                return ++_reads == 1 ? throw new IOException() : "well";
            },
            _time
        );
        var first = Task.Run(cached.Get);
        Assert.True(readStarted.Wait(_timeout));
        var second = cached.GetAsync().AsTask();
        finishRead.Set();
        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        Assert.Equal("well", await cached.GetAsync());
    }

    [Fact]
    public void Stale_value_is_served_for_at_most_a_second_when_reads_are_slow()
    {
        var cached = new CachedValue<string>(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(60));
                return $"{++_reads}";
            },
            _time,
            serveStaleWhileBusy: true
        );
        Assert.Equal("1", InvalidateAndGet(cached));
        // The read budget allows a tenth of a second of reads.
        Assert.Equal("2", InvalidateAndGet(cached));
        Assert.Equal("2", InvalidateAndGet(cached));
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal("2", InvalidateAndGet(cached));
        // The budget is refilled by a tenth of the elapsed time.
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal("3", InvalidateAndGet(cached));
        Assert.Equal("3", InvalidateAndGet(cached));
    }

    [Fact]
    public void Slow_reads_serve_nothing_staler_than_a_second()
    {
        var cached = new CachedValue<string>(
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(900));
                return $"{++_reads}";
            },
            _time,
            serveStaleWhileBusy: true
        );
        Assert.Equal("1", InvalidateAndGet(cached));
        _time.Advance(TimeSpan.FromMilliseconds(99));
        Assert.Equal("1", InvalidateAndGet(cached));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("2", InvalidateAndGet(cached));
    }

    private static string InvalidateAndGet(CachedValue<string> cached)
    {
        cached.Invalidate();
        return cached.Get();
    }
}
