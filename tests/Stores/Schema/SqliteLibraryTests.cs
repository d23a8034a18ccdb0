using Campaigns.Db;
using Campaigns.Db.Engine.Sqlite;

namespace Campaigns.Tests.Stores.Schema;

[Trait("Database", "sqlite")]
public sealed class SqliteLibraryTests
{
    [Theory]
    [InlineData(3_035_005, "SQLite 3.35.5 ")]
    [InlineData(3_051_002, "SQLite 3.51.2 ")]
    public void Start_is_refused_with_a_library_that_can_lose_committed_data(int version, string named)
    {
        var refused = Assert.Throws<StartRefusedException>(() => SqliteLibrary.RefuseOlder(version));
        Assert.StartsWith(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shipped_library_is_new_enough_and_works()
    {
        using var dialect = new SqliteDialect("Data Source=:memory:");
        SqliteLibrary.RefuseOlder(3_051_003);
        Assert.Equal("3.53.4", SqliteDialect.LibraryVersion);
    }
}
