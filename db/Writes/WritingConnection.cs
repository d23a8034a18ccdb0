using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Campaigns.Db.Writes;

/// <summary>The one connection that writes, with the statements it has compiled so far. After an error it is thrown away, never used again.</summary>
internal sealed class WritingConnection(SqliteConnection connection) : IDisposable
{
    // By reference: the texts are constants, and hashing one takes as long as binding a row.
    private readonly Dictionary<string, Statement> _statements = new(ReferenceEqualityComparer.Instance);

    public DbConnection Connection => connection;

    /// <summary>The statement of a constant SQL text, compiled at its first use.</summary>
    public Statement Prepare(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement)) _statements[sql] = statement = new Statement(connection, sql);
        return statement;
    }

    /// <summary>Closes the connection, which rolls back what was not committed.</summary>
    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        connection.Dispose();
    }
}
