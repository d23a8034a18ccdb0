using Campaigns.Db.Engine.Sqlite;
using Campaigns.Db.Operations.PostgresMigration;

namespace Campaigns.Tests.PostgresMigration;

/// <summary>The hash that compares two tables.</summary>
public sealed class RowHashTests
{
    [Theory]
    [InlineData("(1, 'b'), (2, 'c')", "(2, 'c'), (1, 'b')", true)]
    [InlineData("(1, 'b')", "(1, 'b'), (1, 'b')", false)]
    [InlineData("(1, 'b'), (2, 'c')", "(1, 'c'), (2, 'b')", false)]
    [InlineData("(1, '')", "(1, NULL)", false)]
    [InlineData("(1, '1')", "(1, 1)", false)]
    [InlineData("(1, 'b')", "(1, x'62')", false)]
    [InlineData("('ab', 'c')", "('a', 'bc')", false)]
    public void Only_equal_rows_have_equal_hashes(string some, string others, bool same)
    {
        using var dialect = new SqliteDialect("Data Source=:memory:");
        using var connection = dialect.OpenForReading();
        Assert.Equal(
            same,
            RowHash.Compute(connection, $"VALUES {some}") == RowHash.Compute(connection, $"VALUES {others}")
        );
    }
}
