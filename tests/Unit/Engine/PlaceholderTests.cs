using Campaigns.Db.Engine;
using Campaigns.Db.Engine.Sqlite;

namespace Campaigns.Tests.Unit.Engine;

public sealed class PlaceholderTests
{
    // SQLite needs no row locks and drops them, but a misspelt one would fail on PostgreSQL only.
    [Fact]
    public void Misspelt_placeholder_is_refused_on_the_database_that_drops_it()
    {
        using var dialect = new SqliteDialect("Data Source=placeholders.db");
        Assert.Equal("SELECT 1 ", dialect.Sql("SELECT 1 {for_update}"));
        Assert.Equal("SELECT 1 ", dialect.Sql("SELECT 1 {for_no_key_update_skip_locked s}"));
        Assert.Throws<ArgumentException>(() => dialect.Sql("SELECT 1 {for_updat}"));
    }

    [Fact]
    public void Parameters_are_named_once_in_the_order_of_their_first_use() =>
        Assert.Equal(["@b", "@a"], Placeholders.Parameters("SELECT @b, @a, @b"));
}
