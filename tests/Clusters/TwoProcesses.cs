using Campaigns.Db.Counts;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// Two processes on one PostgreSQL as far as the database can tell: each has its own keys,
/// connections, writer and clock. Neither is notified of the other's commits.
/// </summary>
internal sealed class TwoProcesses : IAsyncDisposable
{
    private TwoProcesses(CampaignFixture one, CampaignFixture other) => (One, Other) = (one, other);

    public CampaignFixture One { get; }

    public CampaignFixture Other { get; }

    public static async Task<TwoProcesses> StartAsync()
    {
        Assert.True(
            DatabaseUnderTest.IsPostgres,
            "Two processes on one database need PostgreSQL: run this test with CAMPAIGN_TEST_DATABASE=postgres."
        );
        var one = await new CampaignFixture(minBatch: 1).StartAsync();
        return new TwoProcesses(one, await new CampaignFixture(minBatch: 1, one.Folder).StartAsync());
    }

    public void Advance(TimeSpan by)
    {
        One.Clock.Advance(by);
        Other.Clock.Advance(by);
    }

    /// <summary>The writer number of a process, read from an id that it makes.</summary>
    public static int WriterOf(CampaignFixture process) => Ids.WriterOf(process.Database.Writes.NextId());

    public long Count(string rows) =>
        One.Query(connection => connection.QuerySingle<long>($"SELECT count(*) FROM {rows}"));

    /// <summary>Counters, daily counters and ledger match the rows.</summary>
    public void AssertCounted() => Assert.Equal(0, Other.Get<RecountStore>().Drift(One.Campaign.Id));

    /// <summary>
    /// Runs two transactions at once, of which the second waits for the commit of the first.
    /// </summary>
    /// <param name="first">Calls its argument before the end of its transaction.</param>
    /// <param name="second">Needs a row that the first has locked.</param>
    public async Task<(T First, T Second)> RunTogetherAsync<T>(Func<Action, Task<T>> first, Func<Task<T>> second)
    {
        using var reached = new ManualResetEventSlim();
        using var mayCommit = new ManualResetEventSlim();
        var one = first(() =>
        {
            reached.Set();
            mayCommit.Wait();
        });
        reached.Wait();
        var other = second();
        await CampaignServer.UntilAsync(
            () => Count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0,
            "the second process does not wait"
        );
        mayCommit.Set();
        return (await one, await other);
    }

    public async ValueTask DisposeAsync()
    {
        await Other.DisposeAsync();
        await One.DisposeAsync();
    }
}
