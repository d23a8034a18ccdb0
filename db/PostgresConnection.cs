using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Campaigns.Db;

/// <summary>
/// A PostgreSQL connection for Dapper. Under this name Dapper spells out the values of an <c>IN @list</c>, as it does for SQLite; of Npgsql's own class it makes an array, which is another SQL text.
/// </summary>
/// <param name="inner">The connection, which goes with this one.</param>
/// <param name="beforeUse">What must have happened before a command is made; null for nothing.</param>
internal sealed class PostgresConnection(NpgsqlConnection inner, Action? beforeUse = null) : DbConnection
{
    [AllowNull]
    public override string ConnectionString
    {
        get => inner.ConnectionString;
        set => inner.ConnectionString = value;
    }

    public override string Database => inner.Database;

    public override string DataSource => inner.DataSource;

    public override string ServerVersion => inner.ServerVersion;

    public override ConnectionState State => inner.State;

    public override void ChangeDatabase(string databaseName) => inner.ChangeDatabase(databaseName);

    public override void Open() => inner.Open();

    public override void Close() => inner.Close();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => inner.BeginTransaction(isolationLevel);

    protected override DbCommand CreateDbCommand()
    {
        beforeUse?.Invoke();
        return inner.CreateCommand();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }
}
