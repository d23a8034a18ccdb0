using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Campaigns.Db.Writes;

/// <summary>
/// The writer's connection as Dapper sees it: before it makes a command, what was put off till
/// later has to be done.
/// </summary>
/// <param name="inner">The connection, which goes with this one.</param>
/// <param name="beforeUse">What must have happened before a command is made.</param>
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
