using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Campaigns.Db;
using Campaigns.Db.Engine.Sqlite;

namespace Campaigns.Bench.Reports;

/// <summary>The facts besides the code that a result depends on.</summary>
internal static class MachineFacts
{
    public static string Line()
    {
        var processor = Linux("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024.0 / 1024 / 1024;
        var commit = Git("rev-parse --short HEAD") ?? "no commit";
        // The results file, which this program writes, does not count as a change of the code.
        var dirty = Git("status --porcelain -- . :!bench/RESULTS.md") is null or "" ? "" : " with uncommitted changes";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{DateTime.UtcNow:yyyy-MM-dd}, commit {commit}{dirty}. "
                + $"{processor}, {Environment.ProcessorCount} cores, {memory:0} GB, "
                + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, "
                + $"SQLite {SqliteDialect.LibraryVersion}."
        );
    }

    private static string? Linux(string file, string key) =>
        File.Exists(file)
            ? File.ReadLines(file)
                .FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))
                ?.Split(':', 2)[1]
                .Trim()
            : null;

    private static string? Git(string arguments)
    {
        using var git = Process.Start(
            new ProcessStartInfo("git", arguments)
            {
                WorkingDirectory = InstallationRoot.Find().Path,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 ? output : null;
    }
}
