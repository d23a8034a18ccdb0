using Campaigns.Db.Engine;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Tests.Stores.Engine;

/// <summary>Group commit: work in one batch shares only the commit.</summary>
public sealed class WriteQueueTests : WriteQueueFixture
{
    [Fact]
    public async Task Read_sees_earlier_deferred_statements()
    {
        await Queue.RunAsync(write =>
        {
            write
                .Prepare("INSERT INTO staff (id, name, role, created_at) VALUES (@id, 'A', 'auditor', 0)")
                .Set("@id", 1)
                .Defer();
            Assert.Equal(1, write.Connection.QuerySingle<long>("SELECT count(*) FROM staff"));
            write.Prepare("DELETE FROM staff {batch} WHERE id = @id").Set("@id", 1).Defer();
            Assert.Equal(0, write.Prepare("SELECT count(*) FROM staff").ReadLong());
            return true;
        });
    }

    [Fact]
    public async Task Two_requests_in_one_batch_act_as_in_two_batches()
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        var together = new[] { Fixture.SignAsync("Kari@example.org"), Fixture.SignAsync("kari@example.org") };
        await hold.ReleaseAsync();
        await Task.WhenAll(together).WaitAsync(Timeout);
        await Fixture.SignAsync("Ola@example.org");
        await Fixture.SignAsync("ola@example.org");

        var rows = Fixture.Query(connection =>
            connection
                .Query<string>(
                    """
                    SELECT state || ' ' || confirm_generation || ' '
                        || (SELECT count(*) FROM letters l WHERE l.signature_id = s.id) || ' '
                        || (SELECT count(*) FROM consents c WHERE c.signature_id = s.id)
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
    public async Task Known_addresses_that_sign_again_in_one_batch_act_as_in_separate_batches()
    {
        const int People = 20;
        const int Requests = 7;
        for (var n = 0; n < People; n++)
        {
            await Fixture.SignAsync($"pending-{n}@example.org");
            await Fixture.ConfirmAsync($"confirmed-{n}@example.org");
        }
        using var hold = await PausedWriter.OnAsync(Queue);
        var again = Enumerable
            .Range(0, People * Requests)
            .SelectMany(
                n => (string[])["pending", "confirmed", "new"],
                // Other data each time, because an equal request keeps the link.
                (n, kind) =>
                    Fixture.SignAsync($"{kind}-{n % People}@example.org", name: $"Kari {(char)('A' + (n / People))}")
            )
            .ToList();
        await hold.ReleaseAsync();
        await Task.WhenAll(again).WaitAsync(Timeout);

        // There is a letter with a new link for each request; only the newest link is valid.
        var rows = Fixture.Query(connection =>
            connection
                .Query<string>(
                    """
                    SELECT s.state || ' ' || confirm_generation || ' '
                        || (SELECT count(*) FROM letters l WHERE l.signature_id = s.id) || ' '
                        || (SELECT count(*) FROM consents c WHERE c.signature_id = s.id)
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
    public async Task Cancelled_caller_loses_no_row()
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        using var cancel = new CancellationTokenSource();
        var left = Queue.RunAsync(write => AddStaff(write, 1), cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        await hold.ReleaseAsync();
        await Queue.RunAsync(write => AddStaff(write, 2));
        Assert.Equal(2, Count("SELECT count(*) FROM staff"));
    }

    [Fact]
    public async Task Full_queue_refuses_and_loses_no_accepted_work()
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        var accepted = new List<Task>();
        var refused = 0;
        for (var n = 0; n < 10_000; n++)
        {
            try
            {
                var id = n;
                accepted.Add(Queue.RunAsync(write => AddStaff(write, id)));
            }
            catch (OverloadedException)
            {
                refused++;
            }
        }
        await hold.ReleaseAsync();
        await Task.WhenAll(accepted).WaitAsync(Timeout);
        Assert.InRange(refused, 1, 9_999);
        Assert.Equal(accepted.Count, Count("SELECT count(*) FROM staff"));
        await Queue.RunAsync(write => AddStaff(write, 20_000));
    }

    [Fact]
    public async Task Earlier_work_is_never_in_a_later_batch()
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
        var places = await Task.WhenAll(work).WaitAsync(Timeout);
        Assert.Equal(places.Order(), places);
        Assert.InRange(places.GroupBy(place => place).Max(batch => batch.Count()), 1, 1_024);
    }

    [Fact]
    public async Task Completed_work_is_visible_to_readers()
    {
        for (var n = 0; n < 50; n++)
        {
            var id = n;
            await Queue.RunAsync(write => AddStaff(write, id));
            Assert.Equal(n + 1, Count("SELECT count(*) FROM staff"));
        }
    }

    [Fact]
    public async Task Accepted_work_is_written_before_the_database_closes()
    {
        using var hold = await PausedWriter.OnAsync(Queue);
        var accepted = Enumerable.Range(0, 2_000).Select(n => Queue.RunAsync(write => AddStaff(write, n))).ToList();
        var closing = Fixture.RestartAsync();
        await hold.ReleaseAsync();
        await closing;
        await Task.WhenAll(accepted).WaitAsync(Timeout);
        Assert.Equal(2_000, Count("SELECT count(*) FROM staff"));
    }

    [Fact]
    public async Task Closed_queue_accepts_no_work()
    {
        var queue = Queue;
        await Fixture.RestartAsync();
        await Assert.ThrowsAsync<OverloadedException>(() => queue.RunAsync(write => AddStaff(write, 1)));
    }

    [Fact]
    public async Task Suppressed_address_gets_neither_row_nor_letter()
    {
        var email = EmailAddress.Parse("kari@example.org").Address!;
        await Queue.RunAsync(write =>
            write.Connection.Execute(
                """
                INSERT INTO suppressions (id, campaign_id, blind_index, index_version, reason, created_at, until)
                VALUES (1, @campaign, @index, 1, 'bounced', 0, @until)
                """,
                new
                {
                    campaign = Fixture.Campaign.Id,
                    index = Fixture.Database.Keys.BlindIndex.Compute(Fixture.Campaign.Id, email.Normalised),
                    until = long.MaxValue,
                }
            )
        );
        Assert.Null(
            await Fixture
                .Get<SigningStore>()
                .SignAsync(
                    Fixture.Campaign,
                    new NewSignature(
                        null,
                        email,
                        "GB",
                        null,
                        "en",
                        Disclosure.Count,
                        false,
                        Fixture.Campaign.Text("en").Hash
                    ),
                    null
                )
        );
        Assert.Equal(0, Count("SELECT (SELECT count(*) FROM signatures) + (SELECT count(*) FROM letters)"));
    }
}
