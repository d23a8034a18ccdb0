using System.Data.Common;

namespace Campaigns.Db.Engine;

/// <summary>
/// The single write connection of a process, with its prepared statements. After an error it is
/// discarded and never reused.
/// </summary>
internal abstract class WriteConnection(Dialect dialect) : IDisposable
{
    // Keyed by reference: the texts are constants, and hashing one costs as much as binding a row.
    private readonly Dictionary<string, Statement> _statements = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// The connection for Dapper. It flushes deferred statements before each use.
    /// </summary>
    public abstract DbConnection Connection { get; }

    /// <summary>
    /// Begins the transaction of a batch. Violated <paramref name="preconditions"/> throw, now or
    /// with the first statement.
    /// </summary>
    public abstract void Begin(BatchPreconditions preconditions);

    /// <summary>Runs the deferred statements.</summary>
    public abstract void FlushDeferred();

    /// <summary>Runs the deferred statements and makes the batch durable.</summary>
    public abstract void Commit();

    /// <summary>Returns the statement of a constant SQL text, prepared at its first use.</summary>
    public Statement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = Compile(dialect.Sql(sql));
        return statement;
    }

    /// <summary>
    /// Runs a query for each item and returns all rows, in no particular order. PostgreSQL gets the
    /// items as arrays; the text names <c>{batch}</c> where they belong.
    /// </summary>
    public abstract IReadOnlyList<TRow> ReadEach<TItem, TRow>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<ResultRow, TRow> read
    );

    /// <summary>
    /// Runs a change for each item and returns the ids of the changed rows. <paramref name="id"/>
    /// gives the parameter <c>@id</c>, which is the column <c>id</c> of the row. An INSERT with an
    /// existing key changes nothing, even if the other row is from the same call.
    /// </summary>
    public abstract IReadOnlySet<long> ChangeEach<TItem>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<TItem, long> id
    );

    /// <summary>Closes the connection and rolls back uncommitted changes.</summary>
    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        Close();
    }

    protected abstract Statement Compile(string sql);

    protected abstract void Close();
}
