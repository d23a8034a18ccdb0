using Dapper;
using Npgsql;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The tests' own PostgreSQL: what the tests of power cuts and of standbys lean on.
/// </summary>
[Trait("Database", "postgres")]
public sealed class PostgresServerTests
{
    [Fact]
    public async Task Killed_and_begun_again_it_has_what_it_acknowledged_and_a_standby_has_it_too()
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
    public void What_was_begun_goes_with_its_disposal()
    {
        string folder;
        using (var server = PostgresServer.Start("fsync=off"))
            folder = Path.GetDirectoryName(server.Data)!;
        Assert.False(Directory.Exists(folder));
    }
}
