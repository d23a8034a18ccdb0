using Npgsql;
using NpgsqlTypes;

namespace Campaigns.Db.Engine.Postgres;

/// <summary>
/// An SQL text of the write connection, for one row or for the rows batched so far. The driver
/// prepares frequent statements itself.
/// </summary>
internal sealed class PostgresStatement(string sql)
{
    private readonly PostgresText _text = new(sql);
    private readonly List<SqlValue[]> _batched = [];

    public bool HasBatch => _batched.Count > 0;

    /// <summary>Adds the values as one more row.</summary>
    public void AddToBatch(ReadOnlySpan<SqlValue> values) => _batched.Add(values.ToArray());

    /// <summary>Returns the statement for all batched rows and clears them.</summary>
    public NpgsqlBatchCommand DrainBatch()
    {
        var command = new NpgsqlBatchCommand(_text.Many);
        for (var i = 0; i < _text.Parameters.Count; i++)
            command.Parameters.Add(ArrayOf(i));
        _batched.Clear();
        return command;
    }

    /// <summary>Returns the statement for one row.</summary>
    public NpgsqlBatchCommand Single(ReadOnlySpan<SqlValue> values)
    {
        var command = new NpgsqlBatchCommand(_text.One);
        foreach (var value in values)
        {
            command.Parameters.Add(
                new NpgsqlParameter
                {
                    NpgsqlDbType = TypeOf(value.Kind),
                    Value = value switch
                    {
                        { IsNull: true } => DBNull.Value,
                        { Kind: SqlKind.Number } => value.Number,
                        { Kind: SqlKind.Text } => value.Text,
                        _ => value.Bytes,
                    },
                }
            );
        }
        return command;
    }

    private NpgsqlParameter ArrayOf(int place)
    {
        var kind = _batched[0][place].Kind;
        object values = kind switch
        {
            SqlKind.Number => _batched.ConvertAll(row => row[place].IsNull ? null : (long?)row[place].Number),
            SqlKind.Text => _batched.ConvertAll(row => row[place].IsNull ? null : row[place].Text),
            _ => _batched.ConvertAll(row => row[place].IsNull ? null : row[place].Bytes),
        };
        return new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | TypeOf(kind), Value = values };
    }

    private static NpgsqlDbType TypeOf(SqlKind kind) =>
        kind switch
        {
            SqlKind.Number => NpgsqlDbType.Bigint,
            SqlKind.Text => NpgsqlDbType.Text,
            SqlKind.Bytes => NpgsqlDbType.Bytea,
            _ => throw new InvalidOperationException("A parameter of a statement was never set."),
        };
}
