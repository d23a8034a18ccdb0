using Campaigns.Db.Engine.Sqlite;
using Microsoft.Data.Sqlite;

namespace Campaigns.Tests.Stores.Engine;

/// <summary>
/// What is bound is what is stored, also the second time: statements by SQLite's raw interface.
/// </summary>
[Trait("Database", "sqlite")]
public sealed class StatementTests : IDisposable
{
    // Longer texts do not fit into the 512 bytes that are always allocated.
    private const int Short = 169;

    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _read;

    public StatementTests()
    {
        _connection.Open();
        using var create = _connection.CreateCommand();
        create.CommandText =
            "CREATE TABLE things (id integer PRIMARY KEY, word text UNIQUE, number integer, bytes blob) STRICT";
        create.ExecuteNonQuery();
        _insert = new SqliteStatement(
            _connection,
            "INSERT INTO things (id, word, number, bytes) VALUES (@id, @word, @number, @bytes)"
        );
        _read = new SqliteStatement(_connection, "SELECT word, number, bytes FROM things WHERE id = @id");
    }

    public static TheoryData<string?> Words =>
        new(
            null,
            "",
            " ",
            "Kåre",
            new string('a', Short),
            new string('ह', Short),
            new string('ह', Short + 1),
            new string('a', 512),
            new string('a', 513),
            string.Concat(Enumerable.Repeat("🕊️", 2_000))
        );

    public void Dispose()
    {
        _insert.Dispose();
        _read.Dispose();
        _connection.Dispose();
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void Text_is_stored_unchanged_and_does_not_leak_into_the_next(string? word)
    {
        Assert.Equal(1, Insert(1, word));
        Assert.Equal(1, Insert(2, "x"));
        Assert.Equal((word, "x"), (Read(1).Word, Read(2).Word));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(-1L)]
    [InlineData(long.MaxValue)]
    public void Number_or_null_is_stored_unchanged(long? number)
    {
        Insert(1, "one", 7);
        Insert(2, "two", number);
        Assert.Equal((7, number), (Read(1).Number, Read(2).Number));
    }

    [Fact]
    public void Bytes_are_stored_unchanged()
    {
        byte[]?[] all = [null, [], [0], [.. Enumerable.Range(0, 5_000).Select(i => (byte)i)]];
        foreach (var (id, bytes) in all.Index())
            Insert(id, null, null, bytes);
        foreach (var (id, bytes) in all.Index())
            Assert.Equal(bytes, Read(id).Bytes);
    }

    [Fact]
    public void Parameter_that_is_not_set_again_keeps_its_value()
    {
        Insert(1, null, 7, [1]);
        _insert.Set("@id", 2).Run();
        Assert.Equal(7, Read(2).Number);
        Assert.Equal([1], Read(2).Bytes!);
    }

    [Theory]
    [InlineData("@Word")]
    [InlineData("word")]
    [InlineData("@wrod")]
    public void Misspelt_parameter_is_refused_with_any_value(string name)
    {
        Assert.Throws<KeyNotFoundException>(() => _insert.Set(name, "x"));
        Assert.Throws<KeyNotFoundException>(() => _insert.Set(name, new string('x', 1_000)));
        Assert.Throws<KeyNotFoundException>(() => _insert.Set(name, (string?)null));
        Assert.Throws<KeyNotFoundException>(() => _insert.Set(name, 1L));
        Assert.Throws<KeyNotFoundException>(() => _insert.Set(name, (long?)null));
        Assert.Throws<KeyNotFoundException>(() => _insert.Set(name, [1]));
    }

    [Fact]
    public void Statement_runs_again_after_a_database_error()
    {
        Insert(1, "once");
        for (var i = 0; i < 3; i++)
            Assert.Equal(
                SQLitePCL.raw.SQLITE_CONSTRAINT_UNIQUE,
                Assert.Throws<SqliteException>(() => Insert(2, "once")).SqliteExtendedErrorCode
            );
        Assert.Equal(1, Insert(2, "twice"));
        Assert.Equal(("once", "twice"), (Read(1).Word, Read(2).Word));
    }

    [Fact]
    public void Row_that_was_not_read_to_its_end_holds_no_lock()
    {
        Insert(1, "one");
        Insert(2, "two");
        using var all = new SqliteStatement(_connection, "SELECT id FROM things ORDER BY id");
        for (var i = 0; i < 2; i++)
            Assert.Equal(1, all.ReadLong());
        using var none = new SqliteStatement(_connection, "SELECT id FROM things WHERE id = 3");
        Assert.Throws<InvalidOperationException>(() => none.ReadLong());
        using var drop = _connection.CreateCommand();
        drop.CommandText = "DROP TABLE things";
        drop.ExecuteNonQuery();
    }

    private int Insert(long id, string? word, long? number = null, byte[]? bytes = null) =>
        _insert.Set("@id", id).Set("@word", word).Set("@number", number).Set("@bytes", bytes).Run();

    private (string? Word, long? Number, byte[]? Bytes) Read(long id) =>
        _read.Set("@id", id).ReadFirst(row => (row.TextOrNull(0), row.LongOrNull(1), row.BlobOrNull(2)));
}
