using Microsoft.Data.Sqlite;

namespace Campaigns.Db.Engine.Sqlite;

/// <summary>
/// The write connection of the embedded database with its compiled statements. There are no round
/// trips, so every row is a separate statement.
/// </summary>
internal sealed class SqliteWriteConnection(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<Statement, SqliteStatement> _compiled = [];

    public SqliteConnection Connection => connection;

    public int Run(Statement statement, Action<ResultRow>? read)
    {
        if (!_compiled.TryGetValue(statement, out var compiled))
            _compiled[statement] = compiled = new SqliteStatement(connection, statement.Text);
        return compiled.Run(statement.Values, read);
    }

    /// <summary>Closes the connection and rolls back uncommitted changes.</summary>
    public void Dispose()
    {
        foreach (var compiled in _compiled.Values)
            compiled.Dispose();
        connection.Dispose();
    }
}
