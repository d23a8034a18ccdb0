using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// The same <c>Idempotency-Key</c> at two processes at once. SQLite has one writer, so there it
/// cannot happen.
/// </summary>
[Trait("Database", "postgres")]
public sealed class ConcurrentIdempotencyTests : IAsyncLifetime
{
    private TwoProcesses _two = null!;

    public async Task InitializeAsync() => _two = await TwoProcesses.StartAsync();

    public async Task DisposeAsync() => await _two.DisposeAsync();

    [Fact]
    public async Task Second_process_waits_for_the_first_and_gets_its_answer()
    {
        var key = new IdempotencyKey(17, [1], [2]);
        using var created = new ManualResetEventSlim();
        using var mayCommit = new ManualResetEventSlim();
        var first = _two
            .One.Get<IdempotencyStore>()
            .RunAsync(key, _ =>
            {
                created.Set();
                mayCommit.Wait();
                return new CreatedAnswer(201, "/first", null, [1]);
            });
        created.Wait();
        var second = _two
            .Other.Get<IdempotencyStore>()
            .RunAsync(key, _ => new CreatedAnswer(201, "/second", null, [2]));
        await CampaignServer.UntilAsync(
            () =>
                _two.One.Query(connection =>
                    connection.QuerySingle<long>(
                        """
                        SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock'
                        """
                    )
                ) > 0,
            "the second process does not wait"
        );
        mayCommit.Set();
        Assert.Equal("/first", (await first).Value!.Location);
        Assert.Equal("/first", (await second).Value!.Location);
        var other = await _two
            .Other.Get<IdempotencyStore>()
            .RunAsync(key with { RequestHash = [3] }, _ => new CreatedAnswer(201, "/third", null, [3]));
        Assert.Equal(Refusal.IdempotencyKeyReused, other.Refusal);
    }
}
