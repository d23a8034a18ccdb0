using Npgsql;
using NpgsqlTypes;

namespace Campaigns.Db.Engine.Postgres;

/// <summary>
/// An SQL text of the write connection, for one row or for the rows batched so far.
/// </summary>
internal sealed class PostgresStatement : Statement
{
    private readonly PostgresWriteConnection _connection;
    private readonly PostgresText _text;
    private readonly Dictionary<string, Parameter> _parameters;
    private int _batched;

    public PostgresStatement(PostgresWriteConnection connection, string sql)
    {
        _connection = connection;
        _text = new PostgresText(sql);
        _parameters = _text.Parameters.ToDictionary(name => name, _ => new Parameter(), StringComparer.Ordinal);
    }

    public override Statement Set(string name, long? value)
    {
        _parameters[name].Set(NpgsqlDbType.Bigint, value);
        return this;
    }

    public override Statement Set(string name, string? value)
    {
        _parameters[name].Set(NpgsqlDbType.Text, value);
        return this;
    }

    public override Statement Set(string name, byte[]? value)
    {
        _parameters[name].Set(NpgsqlDbType.Bytea, value);
        return this;
    }

    public override int Run()
    {
        var command = Single();
        _connection.RoundTrip(command, _ => { });
        return command.RecordsAffected;
    }

    public override void Defer()
    {
        if (_batched == 0)
            _connection.Defer(this);
        AddToBatch();
    }

    public override T? ReadFirst<T>(Func<ResultRow, T> read)
        where T : default
    {
        var first = default(T);
        _connection.RoundTrip(Single(), reader => first = reader.Read() ? read(new Row(reader)) : default);
        return first;
    }

    /// <summary>Adds the current parameter values as one more row.</summary>
    public void AddToBatch()
    {
        foreach (var parameter in _parameters.Values)
            parameter.AddToBatch();
        _batched++;
    }

    /// <summary>Returns the statement for all batched rows and clears them.</summary>
    /// <param name="ending">SQL to append to the text.</param>
    public NpgsqlBatchCommand DrainBatch(string ending = "")
    {
        var command = new NpgsqlBatchCommand(_text.Many + ending);
        foreach (var name in _text.Parameters)
            command.Parameters.Add(_parameters[name].DrainBatch());
        _batched = 0;
        return command;
    }

    public override void Dispose()
    {
        // There is nothing to release: the driver prepares frequent statements itself.
    }

    private NpgsqlBatchCommand Single()
    {
        var command = new NpgsqlBatchCommand(_text.One);
        foreach (var name in _text.Parameters)
            command.Parameters.Add(_parameters[name].Single());
        return command;
    }

    internal sealed class Row(NpgsqlDataReader reader) : ResultRow
    {
        public override long Long(int column) => reader.GetInt64(column);

        public override string Text(int column) => reader.GetString(column);

        public override byte[] Blob(int column) => reader.GetFieldValue<byte[]>(column);

        public override bool IsNull(int column) => reader.IsDBNull(column);
    }

    private sealed class Parameter
    {
        private NpgsqlDbType _type;
        private long? _number;
        private object? _value;
        private List<long?>? _numbers;
        private List<string?>? _texts;
        private List<byte[]?>? _blobs;

        public void Set(NpgsqlDbType type, long? value) => (_type, _number) = (type, value);

        public void Set(NpgsqlDbType type, object? value) => (_type, _value) = (type, value);

        public void AddToBatch()
        {
            switch (_type)
            {
                case NpgsqlDbType.Bigint:
                    (_numbers ??= []).Add(_number);
                    break;
                case NpgsqlDbType.Text:
                    (_texts ??= []).Add((string?)_value);
                    break;
                default:
                    (_blobs ??= []).Add((byte[]?)_value);
                    break;
            }
        }

        public NpgsqlParameter Single() =>
            new() { NpgsqlDbType = _type, Value = (_type == NpgsqlDbType.Bigint ? _number : _value) ?? DBNull.Value };

        public NpgsqlParameter DrainBatch()
        {
            object values = _type switch
            {
                NpgsqlDbType.Bigint => _numbers!,
                NpgsqlDbType.Text => _texts!,
                _ => _blobs!,
            };
            (_numbers, _texts, _blobs) = (null, null, null);
            return new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | _type, Value = values };
        }
    }
}
