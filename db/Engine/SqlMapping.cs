using System.Data;
using System.Text.Json;
using Dapper;

namespace Campaigns.Db.Engine;

/// <summary>
/// How Dapper maps rows: <c>confirmed_at</c> fills <c>ConfirmedAt</c>, and instants, days and lists
/// have the forms that both databases store. The settings are those of the process, also for the
/// job board in PostgreSQL, which uses none of these types. Dapper reads an enum by its name.
/// </summary>
internal static class SqlMapping
{
    // A static constructor runs once, and callers wait until it has ended.
    static SqlMapping()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        // Dapper asks its own map first, which would store an instant as text.
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.RemoveTypeMap(typeof(DateOnly));
        SqlMapper.RemoveTypeMap(typeof(DateOnly?));
        SqlMapper.AddTypeHandler(new Instants());
        SqlMapper.AddTypeHandler(new Days());
        SqlMapper.AddTypeHandler(new ListTexts());
    }

    /// <summary>Makes sure that the mapping is set.</summary>
    public static void Set()
    {
        // Calling it runs the static constructor.
    }

    /// <summary>Milliseconds since 1970 in UTC.</summary>
    private sealed class Instants : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => Instant.FromMilliseconds((long)value);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.DbType = DbType.Int64;
            parameter.Value = value.ToUnixTimeMilliseconds();
        }
    }

    /// <summary>An ISO date: <c>2019-05-17</c>.</summary>
    private sealed class Days : SqlMapper.TypeHandler<DateOnly>
    {
        public override DateOnly Parse(object value) => DateOnly.ParseExact((string)value, "yyyy-MM-dd");

        public override void SetValue(IDbDataParameter parameter, DateOnly value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = Instant.Text(value);
        }
    }

    /// <summary>A short list as a JSON array.</summary>
    private sealed class ListTexts : SqlMapper.TypeHandler<IReadOnlyList<string>>
    {
        public override IReadOnlyList<string> Parse(object value) =>
            JsonSerializer.Deserialize<string[]>((string)value) ?? [];

        public override void SetValue(IDbDataParameter parameter, IReadOnlyList<string>? value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = Lists.Write(value) ?? (object)DBNull.Value;
        }
    }
}
