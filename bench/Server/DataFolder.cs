using System.Diagnostics;
using System.Globalization;
using Campaigns.Db;
using Campaigns.Db.Engine.Sqlite;

namespace Campaigns.Bench.Server;

/// <summary>
/// A folder for the data of one installation, with direct access to its rows. Disposing deletes it.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string Prefix = "campaign-bench-";
    private static int _count;

    public DataFolder(BenchOptions options)
    {
        foreach (var left in Directory.GetDirectories(options.DataFolder, Prefix + "*").Where(IsLeft))
            Directory.Delete(left, recursive: true);
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _count)}"
        );
        Path = Directory.CreateDirectory(System.IO.Path.Combine(options.DataFolder, name)).FullName;
    }

    public string Path { get; }

    /// <summary>The rows of a database in the folder.</summary>
    public Rows Rows(string file = Database.FileName) => new(Open(file));

    /// <inheritdoc cref="Server.Rows.Number"/>
    public long Number(string sql)
    {
        using var rows = Rows();
        return rows.Number(sql);
    }

    /// <inheritdoc cref="Server.Rows.Expect"/>
    public void Expect(long expected, string what, string sql)
    {
        using var rows = Rows();
        rows.Expect(expected, what, sql);
    }

    public void CloseReaders()
    {
        foreach (var file in Directory.GetFiles(Path, "*.db"))
            Open(System.IO.Path.GetFileName(file)).CloseReaders();
    }

    public void Dispose()
    {
        // The process that used the folder may have deleted it.
        if (!Directory.Exists(Path))
            return;
        CloseReaders();
        Directory.Delete(Path, recursive: true);
    }

    // True for a folder of an interrupted run, which may have gigabytes: the process in its name no longer exists.
    private static bool IsLeft(string folder) =>
        int.TryParse(
            System.IO.Path.GetFileName(folder)[Prefix.Length..].Split('-')[0],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var process
        ) && !Process.GetProcesses().Any(running => running.Id == process);

    private SqliteDialect Open(string file) => new($"Data Source={System.IO.Path.Combine(Path, file)}");
}
