using System.Data.Common;
using Campaigns.Db.Engine;

namespace Campaigns.Tests.Stores.Engine;

/// <summary>Failing work in a batch of the write queue.</summary>
public sealed class WriteQueueFailureTests : WriteQueueFixture
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(40)]
    public async Task Failing_work_fails_alone_in_its_batch(int poisoned)
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        var good = Enumerable.Range(0, 100).Select(n => Queue.RunAsync(write => AddStaff(write, n))).ToList();
        // A second row with the same key: the database itself refuses it, in the same batch.
        var bad = Enumerable.Range(0, poisoned).Select(n => Queue.RunAsync(write => AddStaff(write, n))).ToList();
        good.AddRange(Enumerable.Range(100, 100).Select(n => Queue.RunAsync(write => AddStaff(write, n))));
        await hold.ReleaseAsync();
        await Task.WhenAll(good).WaitAsync(Timeout);
        foreach (var twice in bad)
            await Assert.ThrowsAnyAsync<DbException>(() => twice);
        Assert.Equal(200, Count("SELECT count(*) FROM staff"));
        Assert.False(Queue.FailedWithin(TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20)]
    public async Task Failing_deferred_statement_fails_alone_too(int poisoned)
    {
        const string Insert = "INSERT INTO staff (id, name, role, created_at) VALUES (@id, 'A', 'auditor', 0)";
        Func<WriteTransaction, IReadOnlyList<int>, IReadOnlyList<bool>> together = (write, ids) =>
        {
            foreach (var id in ids)
                write.Prepare(Insert).Set("@id", id).Defer();
            return [.. ids.Select(_ => true)];
        };
        using var hold = await PausedWriter.OnAsync(Queue);
        var good = Enumerable.Range(0, 50).Select(n => Queue.RunAsync(together, n)).ToList();
        var bad = Enumerable.Range(0, poisoned).Select(n => Queue.RunAsync(together, n)).ToList();
        await hold.ReleaseAsync();
        await Task.WhenAll(good).WaitAsync(Timeout);
        foreach (var twice in bad)
            await Assert.ThrowsAnyAsync<DbException>(() => twice);
        Assert.Equal(50, Count("SELECT count(*) FROM staff"));
        Assert.False(Queue.FailedWithin(TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(2, 1)]
    public async Task Work_that_fails_at_commit_fails_alone(int poisoned, int before)
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        var good = Enumerable.Range(0, 50).Select(n => Queue.RunAsync(write => AddStaff(write, n))).ToList();
        var bad = Enumerable
            .Range(100, poisoned)
            .Select(n =>
                Queue.RunAsync(write =>
                {
                    write.Count(Fixture.Campaign.Id, null!, "pending", 1);
                    return AddStaff(write, n);
                })
            )
            .ToList();
        bad.AddRange(Enumerable.Range(0, before).Select(n => Queue.RunAsync(write => AddStaff(write, n))));
        good.AddRange(Enumerable.Range(50, 50).Select(n => Queue.RunAsync(write => AddStaff(write, n))));
        await hold.ReleaseAsync();
        await Task.WhenAll(good).WaitAsync(Timeout);
        foreach (var one in bad)
            await Assert.ThrowsAnyAsync<DbException>(() => one);
        Assert.Equal(100, Count("SELECT count(*) FROM staff"));
        Assert.False(Queue.FailedWithin(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Failed_work_leaves_no_counter_behind()
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        var bad = Queue.RunAsync<bool>(write =>
        {
            write.Count(Fixture.Campaign.Id, "GB", "pending", 1);
            throw new InvalidDataException();
        });
        var good = Queue.RunAsync(write => AddStaff(write, 1));
        await hold.ReleaseAsync();
        await good;
        await Assert.ThrowsAsync<InvalidDataException>(() => bad);
        Assert.Equal(0, Count("SELECT count(*) FROM counters"));
    }

    [Fact]
    public async Task Callbacks_after_a_commit_run_even_if_an_earlier_one_throws()
    {
        var followed = false;
        await Queue.RunAsync(write =>
        {
            write.AfterCommit(() => throw new InvalidDataException());
            write.AfterCommit(() => followed = true);
            return AddStaff(write, 1);
        });
        Assert.True(followed);
        Assert.Equal(1, Count("SELECT count(*) FROM staff"));
        Assert.Contains(Fixture.Log.Lines, line => line.Event == WriteQueue.FollowUpFailed);
    }
}
