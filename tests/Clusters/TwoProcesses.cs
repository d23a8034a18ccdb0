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

    public async ValueTask DisposeAsync()
    {
        await Other.DisposeAsync();
        await One.DisposeAsync();
    }
}
