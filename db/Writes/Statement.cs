namespace Campaigns.Db.Writes;

/// <summary>
/// One SQL text of the writing connection, run for many rows. For what is written on every request;
/// everything rarer goes through Dapper. A parameter keeps its value until it is set again.
/// </summary>
internal abstract class Statement : IDisposable
{
    /// <summary>
    /// Sets a parameter, spelled as in the SQL: <c>@id</c>. A name the SQL does not have is an
    /// error of ours and throws.
    /// </summary>
    public abstract Statement Set(string name, long? value);

    public abstract Statement Set(string name, string? value);

    public abstract Statement Set(string name, byte[]? value);

    /// <summary>Runs a statement that answers no rows; returns how many it changed.</summary>
    public abstract int Run();

    /// <summary>
    /// Runs it at some time before anything else of this transaction is run or read: for what
    /// nobody asks the outcome of. PostgreSQL gets all rows of a text as arrays, in the same round
    /// trip as whatever comes next, usually the commit. An SQL text run this way is an INSERT of
    /// VALUES, or names <c>{batch}</c> where the arrays are to stand.
    /// </summary>
    public abstract void Defer();

    /// <summary>
    /// The first row, or default where there is none; the statement runs to its end.
    /// </summary>
    public abstract T? ReadFirst<T>(Func<ResultRow, T> read);

    /// <summary>The one value of the one row that the statement answers.</summary>
    public long ReadLong() =>
        ReadFirst<long?>(row => row.Long(0)) ?? throw new InvalidOperationException("The statement answered no row.");

    public abstract void Dispose();
}

/// <summary>The row a statement stands at, by place.</summary>
internal abstract class ResultRow
{
    public abstract long Long(int column);

    public abstract string Text(int column);

    public abstract byte[] Blob(int column);

    public abstract bool IsNull(int column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[]? BlobOrNull(int column) => IsNull(column) ? null : Blob(column);
}
