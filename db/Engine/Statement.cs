namespace Campaigns.Db.Engine;

/// <summary>
/// An SQL text of the write connection, run for many rows. It serves statements that run on every
/// request; rarer ones use Dapper. A parameter keeps its value until it is set again.
/// </summary>
internal abstract class Statement : IDisposable
{
    /// <summary>
    /// Sets a parameter, spelled as in the SQL: <c>@id</c>. Throws for a name that is not in the
    /// SQL.
    /// </summary>
    public abstract Statement Set(string name, long? value);

    public abstract Statement Set(string name, string? value);

    public abstract Statement Set(string name, byte[]? value);

    /// <summary>Runs a statement without a result; returns the number of changed rows.</summary>
    public abstract int Run();

    /// <summary>
    /// Defers the statement. It runs before the next statement or the commit, and its result is not
    /// available. PostgreSQL gets all rows of a text as arrays in one round trip, usually that of
    /// the commit. The text must be an INSERT of VALUES or name <c>{batch}</c> where the arrays
    /// belong.
    /// </summary>
    public abstract void Defer();

    /// <summary>
    /// Returns the first row, or default if there is none. The statement runs to its end.
    /// </summary>
    public abstract T? ReadFirst<T>(Func<ResultRow, T> read);

    /// <summary>Returns the single value of the single row.</summary>
    public long ReadLong() =>
        ReadFirst<long?>(row => row.Long(0)) ?? throw new InvalidOperationException("The statement returned no row.");

    public abstract void Dispose();
}

/// <summary>The current row of a statement, by column number.</summary>
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
