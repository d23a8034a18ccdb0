using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Campaigns.Db.Engine.Postgres;

/// <summary>
/// The writer's connection for Dapper. It flushes deferred statements before it creates a command.
/// </summary>
/// <param name="inner">The real connection; disposed together with this one.</param>
/// <param name="beforeUse">Called before a command is created.</param>
internal sealed class PostgresConnection(NpgsqlConnection inner, Action beforeUse) : DbConnection
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

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) =>
        inner.BeginTransaction(isolationLevel);

    protected override DbCommand CreateDbCommand()
    {
        beforeUse();
        return inner.CreateCommand();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
