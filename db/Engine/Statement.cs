namespace Campaigns.Db.Engine;

/// <summary>
/// An SQL text with the values of its parameters, run for many rows. It serves statements that run
/// on every request; rarer ones use Dapper. A parameter keeps its value until it is set again.
/// </summary>
internal sealed class Statement
{
    private readonly WriterSession _session;
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly SqlValue[] _values;

    /// <param name="session">Runs the statement.</param>
    /// <param name="text">The SQL with its placeholders filled, except for the batch.</param>
    public Statement(WriterSession session, string text)
    {
        _session = session;
        Text = text;
        foreach (var name in Placeholders.Parameters(text))
            _places.Add(name, _places.Count);
        _values = new SqlValue[_places.Count];
    }

    public string Text { get; }

    /// <summary>
    /// The values in the order in which the text names the parameters first, which is SQLite's
    /// order of their numbers.
    /// </summary>
    public ReadOnlySpan<SqlValue> Values => _values;

    /// <summary>
    /// Sets a parameter, spelled as in the SQL: <c>@id</c>. Throws for a name that is not in the
    /// SQL.
    /// </summary>
    public Statement Set(string name, long? value)
    {
        _values[_places[name]] = SqlValue.From(value);
        return this;
    }

    /// <inheritdoc cref="Set(string, long?)"/>
    public Statement Set(string name, string? value)
    {
        _values[_places[name]] = SqlValue.From(value);
        return this;
    }

    /// <inheritdoc cref="Set(string, long?)"/>
    public Statement Set(string name, byte[]? value)
    {
        _values[_places[name]] = SqlValue.From(value);
        return this;
    }

    /// <summary>Runs a statement without a result; returns the number of changed rows.</summary>
    public int Run() => _session.Run(this, null);

    /// <summary>
    /// Defers the statement. It runs before the next statement or the commit, and its result is not
    /// available. PostgreSQL gets all rows of a text as arrays in one round trip, usually that of
    /// the commit. The text must be an INSERT of VALUES or name <c>{batch}</c> where the arrays
    /// belong.
    /// </summary>
    public void Defer() => _session.Defer(this);

    /// <summary>
    /// Returns the first row, or default if there is none. The statement runs to its end.
    /// </summary>
    public T? ReadFirst<T>(Func<ResultRow, T> read)
    {
        var first = default(T);
        var found = false;
        _session.Run(this, row =>
        {
            if (!found)
                first = read(row);
            found = true;
        });
        return first;
    }

    /// <summary>Returns the single value of the single row.</summary>
    public long ReadLong() =>
        ReadFirst<long?>(row => row.Long(0)) ?? throw new InvalidOperationException("The statement returned no row.");
}
