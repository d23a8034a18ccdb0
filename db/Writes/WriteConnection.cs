using System.Data.Common;

namespace Campaigns.Db.Writes;

/// <summary>
/// The one connection of a process that writes, with the statements it has run so far. After an
/// error it is thrown away, never used again.
/// </summary>
internal abstract class WriteConnection(Dialect dialect) : IDisposable
{
    // By reference: the texts are constants, and hashing one takes as long as binding a row.
    private readonly Dictionary<string, Statement> _statements = new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// For Dapper. What was put off till later is done before whoever asks for it uses it.
    /// </summary>
    public abstract DbConnection Connection { get; }

    /// <summary>
    /// Begins the transaction of a batch. What <paramref name="preconditions"/> forbids, now or
    /// with the first statement, is thrown.
    /// </summary>
    public abstract void Begin(BatchPreconditions preconditions);

    /// <summary>Does what was put off till later.</summary>
    public abstract void FlushDeferred();

    /// <summary>Makes the batch durable, and with it what was put off till later.</summary>
    public abstract void Commit();

    /// <summary>The statement of a constant SQL text, prepared at its first use.</summary>
    public Statement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = Compile(dialect.Sql(sql));
        return statement;
    }

    /// <summary>
    /// Runs a query for each item and returns all rows, in no particular order. PostgreSQL gets the
    /// items as arrays: the text names <c>{batch}</c> where they stand.
    /// </summary>
    public abstract IReadOnlyList<TRow> ReadEach<TItem, TRow>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<ResultRow, TRow> read
    );

    /// <summary>
    /// Runs a change for each item, whose parameter <c>@id</c> is <paramref name="id"/> and the
    /// column <c>id</c> of the row it changes; returns the ids of those that were changed. An
    /// INSERT whose key is taken changes nothing, also when the other row is of the same items.
    /// </summary>
    public abstract IReadOnlySet<long> ChangeEach<TItem>(
        string sql,
        IReadOnlyList<TItem> items,
        Action<Statement, TItem> bind,
        Func<TItem, long> id
    );

    /// <summary>Closes the connection, which rolls back what was not committed.</summary>
    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        Close();
    }

    protected abstract Statement Compile(string sql);

    protected abstract void Close();
}
