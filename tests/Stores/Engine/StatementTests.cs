using Campaigns.Db.Engine;
using Campaigns.Db.Engine.Sqlite;
using Campaigns.Db.Files;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Campaigns.Tests.Stores.Engine;

/// <summary>
/// What is bound is what is stored, also the second time: statements by SQLite's raw interface.
/// </summary>
[Trait("Database", "sqlite")]
public sealed class StatementTests : IDisposable
{
    // Longer texts do not fit into the 512 bytes that are always allocated.
    private const int Short = 169;

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-statement-").FullName;
    private readonly SqliteDialect _dialect;
    private readonly FileLock _lock;
    private readonly SqliteWriterSession _session;
    private readonly Statement _insert;
    private readonly Statement _read;

    public StatementTests()
    {
        var file = Path.Combine(_folder, "things.db");
        File.WriteAllBytes(file, []);
        _dialect = new SqliteDialect($"Data Source={file}");
        _lock = new FileLock(Path.Combine(_folder, "write.lock"));
        _session = new SqliteWriterSession(_dialect, _lock, 0, 0, TimeProvider.System, NullLogger.Instance);
        _session.Acquire();
        _session
            .Flush()
            .Execute(
                "CREATE TABLE things (id integer PRIMARY KEY, word text UNIQUE, number integer, bytes blob) STRICT"
            );
        _insert = _session.Prepare("INSERT INTO things (id, word, number, bytes) VALUES (@id, @word, @number, @bytes)");
        _read = _session.Prepare("SELECT word, number, bytes FROM things WHERE id = @id");
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
        _session.Dispose();
        _lock.Dispose();
        _dialect.Dispose();
        Directory.Delete(_folder, recursive: true);
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
    public void Statement_of_whose_result_one_row_is_read_holds_no_lock()
    {
        Insert(1, "one");
        Insert(2, "two");
        for (var i = 0; i < 2; i++)
            Assert.Equal(1, _session.Prepare("SELECT id FROM things ORDER BY id").ReadLong());
        Assert.Throws<InvalidOperationException>(() =>
            _session.Prepare("SELECT id FROM things WHERE id = 3").ReadLong()
        );
        Assert.Throws<InvalidOperationException>(() =>
            _session.Prepare("SELECT id, id FROM things").ReadFirst<long>(_ => throw new InvalidOperationException())
        );
        _session.Flush().Execute("DROP TABLE things");
    }

    [Fact]
    public void Equal_texts_share_one_statement()
    {
        Assert.Same(_read, _session.Prepare(new string(_read.Text)));
        Assert.NotSame(_read, _session.Prepare("SELECT word, number, bytes FROM things WHERE id < @id"));
    }

    [Fact]
    public void Parameter_that_was_never_set_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => _insert.Set("@id", 1).Set("@word", "x").Run());

    [Fact]
    public void Column_of_another_kind_is_refused()
    {
        Insert(1, "one");
        Assert.Throws<InvalidOperationException>(() => _read.Set("@id", 1).ReadFirst(row => row.Long(0)));
        Assert.Throws<InvalidOperationException>(() => _read.Set("@id", 1).ReadFirst(row => row.Blob(2)));
    }

    [Fact]
    public void Discarded_connection_forgets_what_it_wrote_and_statements_go_on()
    {
        _session.Prepare("BEGIN IMMEDIATE").Run();
        Insert(1, "one");
        _session.Discard();
        Assert.Null(_read.Set("@id", 1).ReadFirst(row => row.TextOrNull(0)));
        Assert.Equal(1, Insert(1, "again"));
    }

    private int Insert(long id, string? word, long? number = null, byte[]? bytes = null) =>
        _insert.Set("@id", id).Set("@word", word).Set("@number", number).Set("@bytes", bytes).Run();

    private (string? Word, long? Number, byte[]? Bytes) Read(long id) =>
        _read.Set("@id", id).ReadFirst(row => (row.TextOrNull(0), row.LongOrNull(1), row.BlobOrNull(2)));
}
