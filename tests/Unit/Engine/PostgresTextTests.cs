using Campaigns.Db.Engine.Postgres;

namespace Campaigns.Tests.Unit.Engine;

/// <summary>One SQL text in the two forms in which PostgreSQL gets it.</summary>
public sealed class PostgresTextTests
{
    [Fact]
    public void Parameter_named_twice_has_one_position()
    {
        var text = new PostgresText("INSERT INTO letters (id, due_at, at) VALUES (@id, @now, @now)");
        Assert.Equal(["@id", "@now"], text.Parameters);
        Assert.Equal("INSERT INTO letters (id, due_at, at) VALUES ($1, $2, $2)", text.One);
    }

    [Fact]
    public void VALUES_of_many_rows_become_arrays_and_the_rest_is_unchanged() =>
        Assert.Equal(
            "INSERT INTO c (a, b, d) SELECT p.c1, COALESCE(p.c2, 'x'), p.c1 FROM unnest($1, $2) AS p (c1, c2) "
                + "ON CONFLICT (a) DO UPDATE SET b = excluded.b",
            new PostgresText(
                "INSERT INTO c (a, b, d) VALUES (@a, COALESCE(@b, 'x'), @a) "
                    + "ON CONFLICT (a) DO UPDATE SET b = excluded.b"
            ).Many
        );

    [Theory]
    [InlineData(
        "UPDATE t SET a = @a {batch} WHERE id = @id",
        "UPDATE t SET a = p.c1 FROM unnest($1, $2) AS p (c1, c2) WHERE id = p.c2",
        "UPDATE t SET a = $1  WHERE id = $2"
    )]
    [InlineData(
        "SELECT a FROM t {batch} WHERE id = @id FOR UPDATE",
        "SELECT a FROM t , unnest($1) AS p (c1) WHERE id = p.c1 FOR UPDATE",
        "SELECT a FROM t  WHERE id = $1 FOR UPDATE"
    )]
    [InlineData(
        "DELETE FROM t {batch} WHERE id = @id",
        "DELETE FROM t USING unnest($1) AS p (c1) WHERE id = p.c1",
        "DELETE FROM t  WHERE id = $1"
    )]
    [InlineData(
        "INSERT INTO t (a) SELECT @a {batch} WHERE @a > 1",
        "INSERT INTO t (a) SELECT p.c1 FROM unnest($1) AS p (c1) WHERE p.c1 > 1",
        "INSERT INTO t (a) SELECT $1  WHERE $1 > 1"
    )]
    public void Batch_placeholder_is_replaced_in_place(string text, string many, string one)
    {
        var both = new PostgresText(text);
        Assert.Equal((many, one), (both.Many, both.One));
    }

    [Fact]
    public void Text_that_does_not_support_many_rows_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => new PostgresText("UPDATE t SET a = @a WHERE id = @id").Many);
}
