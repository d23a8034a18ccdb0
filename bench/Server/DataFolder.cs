using System.Data.Common;
using Campaigns.Db;
using Dapper;

namespace Campaigns.Bench.Server;

/// <summary>A folder for one installation's data, with a look past the product at its rows. It goes when this is disposed of.</summary>
internal sealed class DataFolder(BenchOptions options) : IDisposable
{
    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(options.DataFolder, $"campaign-bench-{Guid.NewGuid():n}")).FullName;

    /// <summary>One number out of a database, while a server runs or not.</summary>
    public long Number(string sql, string file = Database.FileName)
    {
        using var connection = Read(file);
        return connection.ExecuteScalar<long?>(sql) ?? 0;
    }

    /// <summary>Ends the run when a number of a database is not what the load must have left.</summary>
    public void Expect(long expected, string what, string sql, string file = Database.FileName)
    {
        var actual = Number(sql, file);
        if (actual != expected) throw new WrongResultException($"{actual} {what}, expected {expected}.");
    }

    public DbConnection Read(string file = Database.FileName) => Open(file).OpenForReading();

    public void CloseReaders()
    {
        foreach (var file in Directory.GetFiles(Path, "*.db")) Open(System.IO.Path.GetFileName(file)).CloseReaders();
    }

    public void Dispose()
    {
        CloseReaders();
        Directory.Delete(Path, recursive: true);
    }

    private SqliteDialect Open(string file) => new($"Data Source={System.IO.Path.Combine(Path, file)}");
}
