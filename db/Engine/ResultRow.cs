namespace Campaigns.Db.Engine;

/// <summary>
/// The current row of a statement, by column number. The next row replaces its values.
/// </summary>
internal sealed class ResultRow
{
    private SqlValue[] _values = [];

    public long Long(int column) => NotNull(column, SqlKind.Number).Number;

    public string Text(int column) => NotNull(column, SqlKind.Text).Text;

    public byte[] Blob(int column) => NotNull(column, SqlKind.Bytes).Bytes;

    public bool IsNull(int column) => _values[column].IsNull;

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[]? BlobOrNull(int column) => IsNull(column) ? null : Blob(column);

    /// <summary>Returns the values to fill in for a row of that many columns.</summary>
    internal Span<SqlValue> Fill(int columns)
    {
        if (_values.Length != columns)
            _values = new SqlValue[columns];
        return _values;
    }

    private SqlValue NotNull(int column, SqlKind kind)
    {
        var value = _values[column];
        if (value.IsNull || value.Kind != kind)
            throw new InvalidOperationException($"Column {column} is not a {kind}, or it is null.");
        return value;
    }
}
