using System.Data.Common;
using Campaigns.Db;
using Dapper;

namespace Campaigns.Bench.Server;

/// <summary>
/// A look past the product at the rows of a database, while a server runs or not.
/// </summary>
internal sealed class Rows(Dialect dialect) : IDisposable
{
    public DbConnection Read() => dialect.OpenForReading();

    /// <summary>One number; what is null is 0.</summary>
    public long Number(string sql)
    {
        using var connection = Read();
        return connection.ExecuteScalar<long?>(sql) ?? 0;
    }

    /// <summary>Ends the run when a number is not what the load must have left.</summary>
    public void Expect(long expected, string what, string sql)
    {
        var actual = Number(sql);
        if (actual != expected)
            throw new WrongResultException($"{actual} {what}, expected {expected}.");
    }

    public void Dispose() => dialect.Dispose();
}
