using System.Diagnostics;
using System.Globalization;

namespace Campaigns.Bench.Server;

/// <summary>
/// This program once more, as another process and under the product's runtimeconfig: with its
/// garbage collector, not this process's.
/// </summary>
internal static class OwnProcess
{
    public static Process Start(IEnumerable<string> arguments, bool readOutput = false)
    {
        string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);
        string[] command =
        [
            "exec",
            "--runtimeconfig",
            Beside("Campaigns.Api.runtimeconfig.json"),
            "--depsfile",
            Beside("Campaigns.Bench.deps.json"),
            Beside("Campaigns.Bench.dll"),
            .. arguments,
        ];
        var start = new ProcessStartInfo("dotnet", command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = readOutput,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        // What makes this process a lean client is nothing for a server.
        foreach (
            var ours in start
                .Environment.Keys.Where(key =>
                    key.StartsWith("DOTNET_SYSTEM_NET_SOCKETS", StringComparison.Ordinal) || key == "ASPNETCORE_URLS"
                )
                .ToList()
        )
            start.Environment.Remove(ours);
        return Process.Start(start)!;
    }

    /// <summary>
    /// Ends when whoever started this process is gone, however they went: its standard input comes
    /// to an end.
    /// </summary>
    public static void EndWithStarter() =>
        new Thread(() =>
        {
            while (Console.In.Read() >= 0) { }
            Environment.Exit(1);
        })
        {
            IsBackground = true,
        }.Start();

    /// <summary>
    /// The most memory a process ever had resident, in megabytes; only Linux tells.
    /// </summary>
    public static double PeakMegabytes(int process) =>
        long.Parse(
            File.ReadLines($"/proc/{process}/status")
                .Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) / 1024.0;
}
