using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Campaigns.Db;
using Dapper;

namespace Campaigns.Bench.Server;

/// <summary>A folder for one installation's data, with a look past the product at its rows. It goes when this is disposed of.</summary>
internal sealed class DataFolder : IDisposable
{
    private const string Prefix = "campaign-bench-";
    private static int _count;

    public DataFolder(BenchOptions options)
    {
        foreach (var left in Directory.GetDirectories(options.DataFolder, Prefix + "*").Where(IsLeft)) Directory.Delete(left, recursive: true);
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Path = Directory.CreateDirectory(System.IO.Path.Combine(options.DataFolder, name)).FullName;
    }

    public string Path { get; }

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

    // Gigabytes of a run that was interrupted: its process, whose number the folder has, is gone.
    private static bool IsLeft(string folder) =>
        int.TryParse(System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
        && !Process.GetProcesses().Any(running => running.Id == process);

    private SqliteDialect Open(string file) => new($"Data Source={System.IO.Path.Combine(Path, file)}");
}
