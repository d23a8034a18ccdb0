using System.Data.Common;

namespace Campaigns.Db.Engine;

/// <summary>
/// Writes the batches of a process: the lock, the connection with its transaction and statements,
/// and the maintenance between two batches. Only the queue's thread uses it, except for the ids.
/// </summary>
internal abstract class WriterSession(Dialect dialect) : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = new(SqlTextComparer.Instance);

    /// <summary>
    /// The writer number. It keeps the ids and counters of processes that write at the same time
    /// distinct.
    /// </summary>
    public abstract int Number { get; }

    /// <summary>Makes ids with <see cref="Number"/>; thread-safe.</summary>
    public abstract Ids Ids { get; }

    /// <summary>
    /// <see cref="RunMaintenance"/> is due after this time without work; null for never.
    /// </summary>
    public abstract TimeSpan? MaintenanceInterval { get; }

    /// <summary>
    /// Waits until this process may write, and opens the connection. Returns at once if no lock is
    /// needed.
    /// </summary>
    public abstract void Acquire();

    /// <summary>Releases the lock.</summary>
    public abstract void Release();

    /// <summary>
    /// Discards the connection, which rolls back. After an error no connection is reused.
    /// </summary>
    public abstract void Discard();

    /// <summary>
    /// Tries to remove the cause of a batch's failure. Returns true if the batch can run again.
    /// </summary>
    public abstract bool TryRecover(Exception error);

    /// <summary>Runs maintenance between two batches.</summary>
    /// <param name="committed">A batch was just committed.</param>
    public abstract void RunMaintenance(bool committed);

    /// <summary>
    /// Begins the transaction of a batch. Violated <paramref name="preconditions"/> throw, now or
    /// with the first statement.
    /// </summary>
    public abstract void Begin(BatchPreconditions preconditions);

    /// <summary>
    /// Runs the deferred statements, and returns the connection with the open transaction for the
    /// next statement.
    /// </summary>
    public abstract DbConnection Flush();

    /// <summary>Runs the deferred statements and makes the batch durable.</summary>
    public abstract void Commit();

    /// <summary>Returns the statement of an SQL text; there is one for each text.</summary>
    public Statement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = new Statement(this, dialect.Sql(sql));
        return statement;
    }

    /// <summary>
    /// Runs a statement to its end with its current values. Returns the number of changed rows if
    /// <paramref name="read"/> is null.
    /// </summary>
    /// <param name="statement">The statement.</param>
    /// <param name="read">Gets each row of the result; null if the statement has none.</param>
    public abstract int Run(Statement statement, Action<ResultRow>? read);

    /// <inheritdoc cref="Statement.Defer"/>
    public abstract void Defer(Statement statement);

    /// <summary>
    /// Runs a statement for each item and returns all rows, in no particular order. PostgreSQL gets
    /// the items as arrays; the text names <c>{batch}</c> where they belong. An INSERT that ignores
    /// existing keys also ignores those of the same call.
    /// </summary>
    public abstract IReadOnlyList<TRow> ReadEach<TItem, TRow>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<ResultRow, TRow> read
    );

    public abstract void Dispose();

    /// <summary>
    /// Compares SQL texts. Their hash is of a few characters only, because hashing a whole text
    /// costs as much as binding a row; equal texts are usually the same object.
    /// </summary>
    private sealed class SqlTextComparer : IEqualityComparer<string>
    {
        public static readonly SqlTextComparer Instance = new();

        public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

        public int GetHashCode(string obj) =>
            obj.Length == 0 ? 0 : HashCode.Combine(obj.Length, obj[^1], obj[obj.Length / 2], obj[obj.Length / 3]);
    }
}
