using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Campaigns.Db.Engine.Sqlite;

/// <summary>
/// An SQL text that SQLite compiles once, because compiling it for each row costs more than running
/// it.
/// </summary>
internal sealed class SqliteStatement : Statement
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly Row _row;
    private readonly Dictionary<string, int> _parameters = new(StringComparer.Ordinal);

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        _row = new Row(_statement);
        for (var i = 1; i <= raw.sqlite3_bind_parameter_count(_statement); i++)
            _parameters.Add(raw.sqlite3_bind_parameter_name(_statement, i).utf8_to_string(), i);
    }

    public override Statement Set(string name, long? value)
    {
        Check(
            value is { } number
                ? raw.sqlite3_bind_int64(_statement, _parameters[name], number)
                : raw.sqlite3_bind_null(_statement, _parameters[name])
        );
        return this;
    }

    public override Statement Set(string name, string? value)
    {
        if (value is null)
            return SetNull(name);
        // SQLite treats the null address of an empty span as NULL.
        if (value.Length == 0)
            return Empty(name);
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        var bytes = most <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(most);
        var length = Encoding.UTF8.GetBytes(value, bytes);
        Check(raw.sqlite3_bind_text(_statement, _parameters[name], bytes[..length]));
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    public override Statement Set(string name, byte[]? value)
    {
        if (value is null)
            return SetNull(name);
        Check(raw.sqlite3_bind_blob(_statement, _parameters[name], value));
        return this;
    }

    public override int Run()
    {
        while (Step()) { }
        return raw.sqlite3_changes(_database);
    }

    public override void Defer() => Run();

    public override T? ReadFirst<T>(Func<ResultRow, T> read)
        where T : default
    {
        if (!Step())
            return default;
        var row = read(_row);
        Run();
        return row;
    }

    /// <summary>Adds every row of the result to <paramref name="into"/>.</summary>
    public void ReadAll<T>(Func<ResultRow, T> read, List<T> into)
    {
        while (Step())
            into.Add(read(_row));
    }

    public override void Dispose() => _statement.Dispose();

    /// <summary>
    /// Steps to the next row. Returns false at the end and resets the statement for its next run.
    /// </summary>
    private bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
            return true;
        _ = raw.sqlite3_reset(_statement);
        if (result != raw.SQLITE_DONE)
            Check(result);
        return false;
    }

    private SqliteStatement Empty(string name)
    {
        Check(raw.sqlite3_bind_text(_statement, _parameters[name], ""));
        return this;
    }

    private SqliteStatement SetNull(string name)
    {
        Check(raw.sqlite3_bind_null(_statement, _parameters[name]));
        return this;
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);

    private sealed class Row(sqlite3_stmt statement) : ResultRow
    {
        public override long Long(int column) => raw.sqlite3_column_int64(statement, column);

        public override string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

        public override byte[] Blob(int column) => raw.sqlite3_column_blob(statement, column).ToArray();

        public override bool IsNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL;
    }
}
