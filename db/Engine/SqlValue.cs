namespace Campaigns.Db.Engine;

/// <summary>
/// A parameter or a column: a number, a text or bytes, each possibly null. Numbers are not boxed,
/// because a batch has thousands of them.
/// </summary>
internal readonly struct SqlValue
{
    private readonly long _number;
    private readonly object? _reference;

    private SqlValue(SqlKind kind, bool isNull, long number, object? reference)
    {
        Kind = kind;
        IsNull = isNull;
        _number = number;
        _reference = reference;
    }

    public SqlKind Kind { get; }

    public bool IsNull { get; }

    public long Number => _number;

    public string Text => (string)_reference!;

    public byte[] Bytes => (byte[])_reference!;

    public static SqlValue From(long? value) => new(SqlKind.Number, value is null, value ?? 0, null);

    public static SqlValue From(string? value) => new(SqlKind.Text, value is null, 0, value);

    public static SqlValue From(byte[]? value) => new(SqlKind.Bytes, value is null, 0, value);
}
