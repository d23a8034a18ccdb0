using Campaigns.Tests.Infrastructure;
using Dapper;
using Npgsql;

namespace Campaigns.Tests.Clusters;

/// <summary>
/// The tests' own PostgreSQL, which the tests of power cuts and standbys depend on.
/// </summary>
[Trait("Database", "postgres")]
public sealed class PostgresServerTests
{
    [Fact]
    public async Task Killed_server_and_its_standby_keep_everything_acknowledged()
    {
        using var primary = PostgresServer.Start("synchronous_standby_names=second");
        using var standby = PostgresServer.StandbyOf(primary, "second");
        await using var pool = NpgsqlDataSource.Create(primary.CreateDatabase("campaign"));
        await using (var connection = await pool.OpenConnectionAsync())
        {
            Assert.Equal("off", await connection.QuerySingleAsync<string>("SELECT current_setting('is_superuser')"));
            await connection.ExecuteAsync("CREATE TABLE things (id bigint); INSERT INTO things VALUES (1)");
        }
        primary.Kill();
        standby.Promote();
        await using (var connection = new NpgsqlConnection(standby.ConnectionString("campaign")))
            Assert.Equal(1, await connection.QuerySingleAsync<long>("SELECT id FROM things"));
        primary.Begin();
        pool.Clear();
        await using (var connection = await pool.OpenConnectionAsync())
            Assert.Equal(1, await connection.QuerySingleAsync<long>("SELECT id FROM things"));
        primary.Stop();
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () =>
            await new NpgsqlConnection(primary.ConnectionString("campaign") + ";Pooling=false").OpenAsync()
        );
    }

    [Fact]
    public void Dispose_stops_the_server_and_deletes_its_folder()
    {
        string folder;
        using (var server = PostgresServer.Start("fsync=off"))
            folder = Path.GetDirectoryName(server.Data)!;
        Assert.False(Directory.Exists(folder));
    }
}
