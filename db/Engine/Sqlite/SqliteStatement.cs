using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Campaigns.Db.Engine.Sqlite;

/// <summary>
/// An SQL text that SQLite compiles once, because compiling it for each row costs more than running
/// it.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly ResultRow _row = new();

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>
    /// Binds the values, runs the statement to its end, and returns the number of changed rows; 0
    /// for a statement whose rows are read.
    /// </summary>
    public int Run(ReadOnlySpan<SqlValue> values, Action<ResultRow>? read)
    {
        for (var i = 0; i < values.Length; i++)
            Bind(i + 1, values[i]);
        try
        {
            while (Step())
            {
                if (read is null)
                    continue;
                Fill();
                read(_row);
            }
        }
        finally
        {
            _ = raw.sqlite3_reset(_statement);
        }
        return read is null ? raw.sqlite3_changes(_database) : 0;
    }

    public void Dispose() => _statement.Dispose();

    private bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
            return true;
        if (result != raw.SQLITE_DONE)
            Check(result);
        return false;
    }

    private void Bind(int place, SqlValue value)
    {
        switch (value.Kind)
        {
            case SqlKind.Unset:
                throw new InvalidOperationException($"Parameter {place} of a statement was never set.");
            case var _ when value.IsNull:
                Check(raw.sqlite3_bind_null(_statement, place));
                break;
            case SqlKind.Number:
                Check(raw.sqlite3_bind_int64(_statement, place, value.Number));
                break;
            case SqlKind.Text:
                BindText(place, value.Text);
                break;
            default:
                Check(raw.sqlite3_bind_blob(_statement, place, value.Bytes));
                break;
        }
    }

    private void BindText(int place, string value)
    {
        // SQLite treats the null address of an empty span as NULL.
        if (value.Length == 0)
        {
            Check(raw.sqlite3_bind_text(_statement, place, ""));
            return;
        }
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = null;
        var bytes = most <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(most);
        var length = Encoding.UTF8.GetBytes(value, bytes);
        Check(raw.sqlite3_bind_text(_statement, place, bytes[..length]));
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    private void Fill()
    {
        var values = _row.Fill(raw.sqlite3_column_count(_statement));
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = raw.sqlite3_column_type(_statement, i) switch
            {
                raw.SQLITE_INTEGER => SqlValue.From(raw.sqlite3_column_int64(_statement, i)),
                raw.SQLITE_TEXT => SqlValue.From(raw.sqlite3_column_text(_statement, i).utf8_to_string()),
                raw.SQLITE_BLOB => SqlValue.From(raw.sqlite3_column_blob(_statement, i).ToArray()),
                raw.SQLITE_NULL => SqlValue.From((string?)null),
                _ => throw new InvalidOperationException($"Column {i} of a statement has an unknown type."),
            };
        }
    }

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
