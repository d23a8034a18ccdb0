using Campaigns.Db;
using Campaigns.Db.PostgresMigration;

namespace Campaigns.Tests.PostgresMigration;

/// <summary>What tells two tables apart.</summary>
public sealed class RowDigestTests
{
    [Theory]
    [InlineData("(1, 'b'), (2, 'c')", "(2, 'c'), (1, 'b')", true)]
    [InlineData("(1, 'b')", "(1, 'b'), (1, 'b')", false)]
    [InlineData("(1, 'b'), (2, 'c')", "(1, 'c'), (2, 'b')", false)]
    [InlineData("(1, '')", "(1, NULL)", false)]
    [InlineData("(1, '1')", "(1, 1)", false)]
    [InlineData("(1, 'b')", "(1, x'62')", false)]
    [InlineData("('ab', 'c')", "('a', 'bc')", false)]
    public void Only_the_same_rows_come_to_the_same(string some, string others, bool same)
    {
        using var dialect = new SqliteDialect("Data Source=:memory:");
        using var connection = dialect.OpenForReading();
        Assert.Equal(
            same,
            RowHash.Compute(connection, $"VALUES {some}") == RowHash.Compute(connection, $"VALUES {others}")
        );
    }
}
