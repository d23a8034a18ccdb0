using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Campaigns.Db.Writes;

/// <summary>
/// One SQL text, compiled once for the writing connection and run for many rows. For what is written on every request: compiling a statement
/// anew costs more than running it. Everything rarer goes through Dapper. A parameter keeps its value until it is set again.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly Dictionary<string, int> _parameters = new(StringComparer.Ordinal);

    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
        for (var i = 1; i <= raw.sqlite3_bind_parameter_count(_statement); i++)
            _parameters.Add(raw.sqlite3_bind_parameter_name(_statement, i).utf8_to_string(), i);
    }

    /// <summary>Sets a parameter, spelled as in the SQL: <c>@id</c>. A name the SQL does not have is an error of ours and throws.</summary>
    public Statement Set(string name, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, _parameters[name], value));
        return this;
    }

    public Statement Set(string name, long? value) => value is { } number ? Set(name, number) : SetNull(name);

    public Statement Set(string name, string? value)
    {
        if (value is null) return SetNull(name);
        // An empty span has no address, which SQLite takes for NULL.
        if (value.Length == 0) return Empty(name);
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        var bytes = most <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(most);
        var length = Encoding.UTF8.GetBytes(value, bytes);
        Check(raw.sqlite3_bind_text(_statement, _parameters[name], bytes[..length]));
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    public Statement Set(string name, byte[]? value)
    {
        if (value is null) return SetNull(name);
        Check(raw.sqlite3_bind_blob(_statement, _parameters[name], value));
        return this;
    }

    /// <summary>Runs a statement that answers no rows; returns how many it changed.</summary>
    public int Run()
    {
        while (Read())
        {
        }
        return raw.sqlite3_changes(_database);
    }

    /// <summary>Steps to the next row. False at the end, where the statement is ready to run again.</summary>
    public bool Read()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW) return true;
        _ = raw.sqlite3_reset(_statement);
        if (result != raw.SQLITE_DONE) Check(result);
        return false;
    }

    /// <summary>The first row, or default where there is none; the statement runs to its end.</summary>
    public T? ReadFirst<T>(Func<Statement, T> read)
    {
        if (!Read()) return default;
        var row = read(this);
        Run();
        return row;
    }

    /// <summary>The one value of the one row that the statement answers.</summary>
    public long ReadLong() => ReadFirst<long?>(row => row.Long(0)) ?? throw new InvalidOperationException("The statement answered no row.");

    public long Long(int column) => raw.sqlite3_column_int64(_statement, column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[]? BlobOrNull(int column) => IsNull(column) ? null : raw.sqlite3_column_blob(_statement, column).ToArray();

    public void Dispose() => _statement.Dispose();

    private bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    private Statement Empty(string name)
    {
        Check(raw.sqlite3_bind_text(_statement, _parameters[name], ""));
        return this;
    }

    private Statement SetNull(string name)
    {
        Check(raw.sqlite3_bind_null(_statement, _parameters[name]));
        return this;
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
