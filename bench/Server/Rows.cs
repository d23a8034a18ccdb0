using System.Data.Common;
using Campaigns.Db.Engine;
using Dapper;

namespace Campaigns.Bench.Server;

/// <summary>
/// Direct access to the rows of a database, also while a server runs.
/// </summary>
internal sealed class Rows(Dialect dialect) : IDisposable
{
    public DbConnection Read() => dialect.OpenForReading();

    /// <summary>One number; 0 for null.</summary>
    public long Number(string sql)
    {
        using var connection = Read();
        return connection.ExecuteScalar<long?>(sql) ?? 0;
    }

    /// <summary>Ends the run when a number is not the expected result of the load.</summary>
    public void Expect(long expected, string what, string sql)
    {
        var actual = Number(sql);
        if (actual != expected)
            throw new WrongResultException($"{actual} {what}, expected {expected}.");
    }

    public void Dispose() => dialect.Dispose();
}
