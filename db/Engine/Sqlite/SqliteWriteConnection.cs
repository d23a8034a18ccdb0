using System.Data.Common;
using Campaigns.Db.Keys;
using Microsoft.Data.Sqlite;

namespace Campaigns.Db.Engine.Sqlite;

/// <summary>
/// Writes to the embedded database. There are no round trips, so every row is a separate statement.
/// </summary>
internal sealed class SqliteWriteConnection(SqliteDialect dialect, SqliteConnection connection)
    : WriteConnection(dialect)
{
    private const string BeginText = "BEGIN IMMEDIATE";
    private const string CommitText = "COMMIT";

    public override DbConnection Connection => connection;

    public override void Begin(BatchPreconditions preconditions)
    {
        // BEGIN is a plain statement, because SqliteTransaction hides the first error behind a second one when the disk
        // is full.
        Prepare(BeginText).Run();
        var (keys, fences) = Prepare(BatchPreconditions.Select)
            .ReadFirst(row => (new KeySetVersion(row.Long(0), row.Long(1)), row.Long(2)));
        preconditions.Check(keys, fences);
    }

    public override void FlushDeferred()
    {
        // SQLite never defers a statement.
    }

    public override void Commit() => Prepare(CommitText).Run();

    public override IReadOnlyList<TRow> ReadEach<TItem, TRow>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<ResultRow, TRow> read
    )
    {
        var statement = (SqliteStatement)Prepare(sql);
        var rows = new List<TRow>(items.Count);
        foreach (var item in items)
        {
            bind(statement, item);
            statement.ReadAll(read, rows);
        }
        return rows;
    }

    public override IReadOnlySet<long> ChangeEach<TItem>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<TItem, long> id
    )
    {
        var statement = Prepare(sql);
        var changed = new HashSet<long>(items.Count);
        foreach (var item in items)
        {
            bind(statement, item);
            if (statement.Run() > 0)
                changed.Add(id(item));
        }
        return changed;
    }

    protected override Statement Compile(string sql) => new SqliteStatement(connection, sql);

    protected override void Close() => connection.Dispose();
}
