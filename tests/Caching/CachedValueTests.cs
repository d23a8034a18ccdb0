using Campaigns.Db.Caching;

namespace Campaigns.Tests.Caching;

public sealed class CachedValueTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    private readonly HandTime _time = new();
    private int _readings;

    [Fact]
    public async Task However_many_ask_at_once_one_reads()
    {
        using var go = new ManualResetEventSlim();
        using var reading = new ManualResetEventSlim();
        var kept = new CachedValue<string>(
            () =>
            {
                reading.Set();
                Assert.True(go.Wait(_timeout));
                return $"{Interlocked.Increment(ref _readings)}";
            },
            _time
        );
        var first = Task.Run(kept.Get);
        Assert.True(reading.Wait(_timeout));
        // Those who wait hold no thread: a thousand of them start on this one, while the first still reads.
        var others = Enumerable.Range(0, 1_000).Select(_ => kept.GetAsync().AsTask()).ToList();
        Assert.DoesNotContain(others, other => other.IsCompleted);
        go.Set();
        Assert.All(await Task.WhenAll(others.Append(first)).WaitAsync(_timeout), value => Assert.Equal("1", value));
        Assert.Equal("1", kept.Get());
    }

    [Fact]
    public async Task A_reading_that_began_before_a_commit_does_not_answer_who_asks_after_it()
    {
        using var go = new ManualResetEventSlim();
        using var reading = new ManualResetEventSlim();
        var kept = new CachedValue<string>(
            () =>
            {
                var value = $"{Interlocked.Increment(ref _readings)}";
                reading.Set();
                Assert.True(go.Wait(_timeout));
                return value;
            },
            _time
        );
        var before = Task.Run(kept.Get);
        Assert.True(reading.Wait(_timeout));
        kept.Invalidate();
        var after = Enumerable.Range(0, 100).Select(_ => kept.GetAsync().AsTask()).ToList();
        go.Set();
        Assert.Equal("1", await before);
        Assert.All(await Task.WhenAll(after).WaitAsync(_timeout), value => Assert.Equal("2", value));
        Assert.Equal(2, _readings);
    }

    [Fact]
    public async Task What_is_held_is_current_until_a_commit_moves_it()
    {
        var kept = new CachedValue<string>(() => $"{++_readings}", _time);
        var value = await kept.GetAsync();
        Assert.True(kept.IsCurrent(value));
        _time.Pass(TimeSpan.FromDays(1));
        Assert.Same(value, await kept.GetAsync());
        kept.Invalidate();
        Assert.False(kept.IsCurrent(value));
        Assert.Equal("2", await kept.GetAsync());
        Assert.False(kept.IsCurrent(value));
    }

    [Fact]
    public async Task A_reading_that_fails_fails_for_all_who_wait_and_is_tried_anew()
    {
        using var go = new ManualResetEventSlim();
        using var reading = new ManualResetEventSlim();
        var kept = new CachedValue<string>(
            () =>
            {
                reading.Set();
                Assert.True(go.Wait(_timeout));
                return ++_readings == 1 ? throw new IOException() : "well";
            },
            _time
        );
        var first = Task.Run(kept.Get);
        Assert.True(reading.Wait(_timeout));
        var second = kept.GetAsync().AsTask();
        go.Set();
        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        Assert.Equal("well", await kept.GetAsync());
    }

    [Fact]
    public void Readings_that_take_too_much_of_the_time_are_spared_for_at_most_a_second()
    {
        var kept = new CachedValue<string>(
            () =>
            {
                _time.Pass(TimeSpan.FromMilliseconds(60));
                return $"{++_readings}";
            },
            _time,
            serveStaleWhileBusy: true
        );
        Assert.Equal("1", Move(kept));
        // A tenth of a second of reading is let through.
        Assert.Equal("2", Move(kept));
        Assert.Equal("2", Move(kept));
        _time.Pass(TimeSpan.FromMilliseconds(100));
        Assert.Equal("2", Move(kept));
        // A tenth of the time since pays for it.
        _time.Pass(TimeSpan.FromMilliseconds(100));
        Assert.Equal("3", Move(kept));
        Assert.Equal("3", Move(kept));
    }

    [Fact]
    public void However_long_a_reading_takes_nothing_is_staler_than_a_second()
    {
        var kept = new CachedValue<string>(
            () =>
            {
                _time.Pass(TimeSpan.FromMilliseconds(900));
                return $"{++_readings}";
            },
            _time,
            serveStaleWhileBusy: true
        );
        Assert.Equal("1", Move(kept));
        _time.Pass(TimeSpan.FromMilliseconds(99));
        Assert.Equal("1", Move(kept));
        _time.Pass(TimeSpan.FromMilliseconds(1));
        Assert.Equal("2", Move(kept));
    }

    private static string Move(CachedValue<string> kept)
    {
        kept.Invalidate();
        return kept.Get();
    }

    /// <summary>Timestamps that pass when told to.</summary>
    private sealed class HandTime : TimeProvider
    {
        private long _ticks = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _ticks);

        public void Pass(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);
    }
}
