using Npgsql;
using NpgsqlTypes;

namespace Campaigns.Db.Writes;

/// <summary>
/// A text of the writing connection, for one row or for the rows gathered so far.
/// </summary>
internal sealed class PostgresStatement : Statement
{
    private readonly PostgresWriteConnection _writing;
    private readonly PostgresText _text;
    private readonly Dictionary<string, Parameter> _parameters;
    private int _gathered;

    public PostgresStatement(PostgresWriteConnection writing, string sql)
    {
        _writing = writing;
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
        var command = One();
        _writing.RoundTrip(command, _ => { });
        return command.RecordsAffected;
    }

    public override void Defer()
    {
        if (_gathered == 0)
            _writing.Defer(this);
        AddToBatch();
    }

    public override T? ReadFirst<T>(Func<ResultRow, T> read)
        where T : default
    {
        var first = default(T);
        _writing.RoundTrip(One(), reader => first = reader.Read() ? read(new Row(reader)) : default);
        return first;
    }

    /// <summary>Takes the parameters as they are as one row more.</summary>
    public void AddToBatch()
    {
        foreach (var parameter in _parameters.Values)
            parameter.Gather();
        _gathered++;
    }

    /// <summary>The statement for all rows gathered, which are forgotten here.</summary>
    /// <param name="ending">What is to follow the text.</param>
    public NpgsqlBatchCommand DrainBatch(string ending = "")
    {
        var command = new NpgsqlBatchCommand(_text.Many + ending);
        foreach (var name in _text.Parameters)
            command.Parameters.Add(_parameters[name].TakeGathered());
        _gathered = 0;
        return command;
    }

    public override void Dispose()
    {
        // It holds nothing of the server's: the driver prepares what comes often.
    }

    private NpgsqlBatchCommand One()
    {
        var command = new NpgsqlBatchCommand(_text.One);
        foreach (var name in _text.Parameters)
            command.Parameters.Add(_parameters[name].One());
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

        public void Gather()
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

        public NpgsqlParameter One() =>
            new() { NpgsqlDbType = _type, Value = (_type == NpgsqlDbType.Bigint ? _number : _value) ?? DBNull.Value };

        public NpgsqlParameter TakeGathered()
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
