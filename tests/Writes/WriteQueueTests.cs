using System.Data.Common;
using Campaigns.Db.Signatures;
using Campaigns.Db.Writes;
using Campaigns.Signatures;
using Campaigns.Tests.Ledger;
using Dapper;

namespace Campaigns.Tests.Writes;

/// <summary>Group commit: who shares a batch shares nothing else.</summary>
public sealed class WriteQueueTests : IAsyncLifetime
{
    // Work that is lost fails its test, instead of being waited for.
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    private CampaignFixture _campaign = null!;

    private WriteQueue Queue => _campaign.Database.Writes;

    public async Task InitializeAsync() => _campaign = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _campaign.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(40)]
    public async Task What_cannot_be_written_fails_alone_however_many_there_are(int poisoned)
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        var good = Enumerable.Range(0, 100).Select(n => Queue.RunAsync(write => AddStaff(write, n))).ToList();
        // A second row of the same key: the database itself refuses it, in the same batch.
        var bad = Enumerable.Range(0, poisoned).Select(n => Queue.RunAsync(write => AddStaff(write, n))).ToList();
        good.AddRange(Enumerable.Range(100, 100).Select(n => Queue.RunAsync(write => AddStaff(write, n))));
        await hold.ReleaseAsync();
        await Task.WhenAll(good).WaitAsync(_timeout);
        foreach (var twice in bad)
            await Assert.ThrowsAnyAsync<DbException>(() => twice);
        Assert.Equal(200, Count("SELECT count(*) FROM staff"));
        Assert.False(Queue.FailedWithin(TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20)]
    public async Task What_was_put_off_and_cannot_be_written_fails_alone_too(int poisoned)
    {
        const string Insert =
            "INSERT INTO staff (id, name, role, token_hash, created_at) VALUES (@id, 'A', 'auditor', @hash, 0)";
        Func<WriteTransaction, IReadOnlyList<int>, IReadOnlyList<bool>> together = (write, ids) =>
        {
            foreach (var id in ids)
                write.Prepare(Insert).Set("@id", id).Set("@hash", BitConverter.GetBytes(id)).Defer();
            return [.. ids.Select(_ => true)];
        };
        using var hold = await PausedWriter.OnAsync(Queue);
        var good = Enumerable.Range(0, 50).Select(n => Queue.RunAsync(together, n)).ToList();
        var bad = Enumerable.Range(0, poisoned).Select(n => Queue.RunAsync(together, n)).ToList();
        await hold.ReleaseAsync();
        await Task.WhenAll(good).WaitAsync(_timeout);
        foreach (var twice in bad)
            await Assert.ThrowsAnyAsync<DbException>(() => twice);
        Assert.Equal(50, Count("SELECT count(*) FROM staff"));
        Assert.False(Queue.FailedWithin(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task What_is_read_sees_what_was_put_off_before()
    {
        await Queue.RunAsync(write =>
        {
            write
                .Prepare(
                    "INSERT INTO staff (id, name, role, token_hash, created_at) VALUES (@id, 'A', 'auditor', @hash, 0)"
                )
                .Set("@id", 1)
                .Set("@hash", [1])
                .Defer();
            Assert.Equal(1, write.Connection.QuerySingle<long>("SELECT count(*) FROM staff"));
            write.Prepare("DELETE FROM staff {batch} WHERE id = @id").Set("@id", 1).Defer();
            Assert.Equal(0, write.Prepare("SELECT count(*) FROM staff").ReadLong());
            return true;
        });
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(3, 0)]
    [InlineData(2, 1)]
    public async Task What_fails_only_once_it_is_committed_fails_alone(int poisoned, int before)
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        var good = Enumerable.Range(0, 50).Select(n => Queue.RunAsync(write => AddStaff(write, n))).ToList();
        var bad = Enumerable
            .Range(100, poisoned)
            .Select(n =>
                Queue.RunAsync(write =>
                {
                    write.Count(_campaign.Campaign.Id, null!, "pending", 1);
                    return AddStaff(write, n);
                })
            )
            .ToList();
        bad.AddRange(Enumerable.Range(0, before).Select(n => Queue.RunAsync(write => AddStaff(write, n))));
        good.AddRange(Enumerable.Range(50, 50).Select(n => Queue.RunAsync(write => AddStaff(write, n))));
        await hold.ReleaseAsync();
        await Task.WhenAll(good).WaitAsync(_timeout);
        foreach (var one in bad)
            await Assert.ThrowsAnyAsync<DbException>(() => one);
        Assert.Equal(100, Count("SELECT count(*) FROM staff"));
        Assert.False(Queue.FailedWithin(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_piece_of_work_that_fails_leaves_no_counter_behind()
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        var bad = Queue.RunAsync<bool>(write =>
        {
            write.Count(_campaign.Campaign.Id, "GB", "pending", 1);
            throw new InvalidDataException();
        });
        var good = Queue.RunAsync(write => AddStaff(write, 1));
        await hold.ReleaseAsync();
        await good;
        await Assert.ThrowsAsync<InvalidDataException>(() => bad);
        Assert.Equal(0, Count("SELECT count(*) FROM counters"));
    }

    [Fact]
    public async Task What_follows_a_commit_follows_whatever_befell_the_one_before()
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
        Assert.Contains(_campaign.Log.Lines, line => line.Event == WriteQueue.FollowUpFailed);
    }

    [Fact]
    public async Task Twice_in_one_batch_is_the_same_as_in_two()
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        var together = new[] { _campaign.SignAsync("Kari@example.org"), _campaign.SignAsync("kari@example.org") };
        await hold.ReleaseAsync();
        await Task.WhenAll(together).WaitAsync(_timeout);
        await _campaign.SignAsync("Ola@example.org");
        await _campaign.SignAsync("ola@example.org");

        var rows = _campaign.Query(connection =>
            connection
                .Query<string>(
                    """
                    SELECT state || ' ' || confirm_generation || ' ' || (SELECT count(*) FROM letters l WHERE l.signature_id = s.id) || ' ' || (SELECT count(*) FROM consents c WHERE c.signature_id = s.id)
                    FROM signatures s ORDER BY id
                    """
                )
                .ToList()
        );
        Assert.Equal(2, rows.Count);
        Assert.Equal(rows[0], rows[1]);
        Assert.Equal(2, Count("SELECT sum(value) FROM counters WHERE state = 'pending'"));
    }

    [Fact]
    public async Task However_many_known_addresses_sign_again_in_one_batch_each_gets_what_it_would_alone()
    {
        const int People = 20;
        const int Requests = 7;
        for (var n = 0; n < People; n++)
        {
            await _campaign.SignAsync($"pending-{n}@example.org");
            await _campaign.ConfirmAsync($"confirmed-{n}@example.org");
        }
        using var hold = await PausedWriter.OnAsync(Queue);
        var again = Enumerable
            .Range(0, People * Requests)
            .SelectMany(
                n => (string[])["pending", "confirmed", "new"],
                (n, kind) => _campaign.SignAsync($"{kind}-{n % People}@example.org")
            )
            .ToList();
        await hold.ReleaseAsync();
        await Task.WhenAll(again).WaitAsync(_timeout);

        // A letter for each request, and with it a new link; the one before counts no more.
        var rows = _campaign.Query(connection =>
            connection
                .Query<string>(
                    """
                    SELECT s.state || ' ' || confirm_generation || ' ' || (SELECT count(*) FROM letters l WHERE l.signature_id = s.id) || ' ' || (SELECT count(*) FROM consents c WHERE c.signature_id = s.id)
                    FROM signatures s
                    """
                )
                .GroupBy(row => row)
                .ToDictionary(same => same.Key, same => same.Count())
        );
        Assert.Equal(
            new Dictionary<string, int>
            {
                ["pending 7 8 2"] = People,
                ["pending 6 7 2"] = People,
                ["confirmed 0 9 2"] = People,
            },
            rows
        );
        Assert.Equal(2 * People, Count("SELECT sum(value) FROM counters WHERE state = 'pending'"));
        Assert.Equal(People, Count("SELECT sum(value) FROM counters WHERE state = 'confirmed'"));
    }

    [Fact]
    public async Task A_caller_who_leaves_loses_no_row()
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        using var leaving = new CancellationTokenSource();
        var left = Queue.RunAsync(write => AddStaff(write, 1), leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await hold.ReleaseAsync();
        await Queue.RunAsync(write => AddStaff(write, 2));
        Assert.Equal(2, Count("SELECT count(*) FROM staff"));
    }

    [Fact]
    public async Task Past_its_bound_the_queue_refuses_and_loses_nothing_it_took()
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        var taken = new List<Task>();
        var refused = 0;
        for (var n = 0; n < 10_000; n++)
        {
            try
            {
                var id = n;
                taken.Add(Queue.RunAsync(write => AddStaff(write, id)));
            }
            catch (OverloadedException)
            {
                refused++;
            }
        }
        await hold.ReleaseAsync();
        await Task.WhenAll(taken).WaitAsync(_timeout);
        Assert.InRange(refused, 1, 9_999);
        Assert.Equal(taken.Count, Count("SELECT count(*) FROM staff"));
        await Queue.RunAsync(write => AddStaff(write, 20_000));
    }

    [Fact]
    public async Task Whoever_came_first_is_never_in_a_later_batch()
    {
        var batches = new List<WriteTransaction>();
        using var hold = await PausedWriter.OnAsync(Queue);
        var work = Enumerable
            .Range(0, 3_000)
            .Select(_ =>
                Queue.RunAsync(write =>
                {
                    if (batches.Count == 0 || batches[^1] != write)
                        batches.Add(write);
                    return batches.Count;
                })
            )
            .ToList();
        await hold.ReleaseAsync();
        var places = await Task.WhenAll(work).WaitAsync(_timeout);
        Assert.Equal(places.Order(), places);
        Assert.InRange(places.GroupBy(place => place).Max(batch => batch.Count()), 1, 1_024);
    }

    [Fact]
    public async Task An_answer_means_that_others_see_the_row()
    {
        for (var n = 0; n < 50; n++)
        {
            var id = n;
            await Queue.RunAsync(write => AddStaff(write, id));
            Assert.Equal(n + 1, Count("SELECT count(*) FROM staff"));
        }
    }

    [Fact]
    public async Task What_was_taken_is_written_before_the_database_closes()
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        var taken = Enumerable.Range(0, 2_000).Select(n => Queue.RunAsync(write => AddStaff(write, n))).ToList();
        var closing = _campaign.RestartAsync();
        await hold.ReleaseAsync();
        await closing;
        await Task.WhenAll(taken).WaitAsync(_timeout);
        Assert.Equal(2_000, Count("SELECT count(*) FROM staff"));
    }

    [Fact]
    public async Task After_closing_nothing_is_taken()
    {
        var queue = Queue;
        await _campaign.RestartAsync();
        await Assert.ThrowsAsync<OverloadedException>(() => queue.RunAsync(write => AddStaff(write, 1)));
    }

    [Fact]
    public async Task A_suppressed_address_gets_neither_row_nor_letter()
    {
        var email = EmailAddress.Parse("kari@example.org").Address!;
        await Queue.RunAsync(write =>
            write.Connection.Execute(
                "INSERT INTO suppressions (campaign_id, blind_index, index_version, reason, created_at, until) VALUES (@campaign, @index, 1, 'bounced', 0, @until)",
                new
                {
                    campaign = _campaign.Campaign.Id,
                    index = _campaign.Database.Keys.BlindIndex.Compute(_campaign.Campaign.Id, email.Normalised),
                    until = long.MaxValue,
                }
            )
        );
        Assert.Null(
            await _campaign
                .Get<SigningStore>()
                .SignAsync(
                    _campaign.Campaign,
                    new NewSignature(
                        null,
                        email,
                        "GB",
                        null,
                        "en",
                        Disclosure.Count,
                        false,
                        _campaign.Campaign.Text("en").Hash
                    ),
                    null
                )
        );
        Assert.Equal(0, Count("SELECT (SELECT count(*) FROM signatures) + (SELECT count(*) FROM letters)"));
    }

    private static int AddStaff(WriteTransaction write, int id) =>
        write.Connection.Execute(
            "INSERT INTO staff (id, name, role, token_hash, created_at) VALUES (@id, 'A', 'auditor', @hash, 0)",
            new { id, hash = BitConverter.GetBytes(id) }
        );

    private long Count(string sql) => _campaign.Query(connection => connection.QuerySingle<long>(sql));
}
