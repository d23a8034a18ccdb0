using Campaigns.Db.Engine;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Engine;

/// <summary>A campaign and its write queue for each test.</summary>
public abstract class WriteQueueFixture : IAsyncLifetime
{
    // Lost work fails its test instead of blocking it.
    private protected static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    private protected CampaignFixture Fixture { get; private set; } = null!;

    private protected WriteQueue Queue => Fixture.Database.Writes;

    public async Task InitializeAsync() => Fixture = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await Fixture.DisposeAsync();

    private protected static int AddStaff(WriteTransaction write, int id) =>
        write.Connection.Execute(
            "INSERT INTO staff (id, name, role, created_at) VALUES (@id, 'A', 'auditor', 0)",
            new { id }
        );

    private protected long Count(string sql) => Fixture.Query(connection => connection.QuerySingle<long>(sql));
}
