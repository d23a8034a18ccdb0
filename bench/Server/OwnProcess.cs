using System.Diagnostics;
using System.Globalization;

namespace Campaigns.Bench.Server;

/// <summary>
/// Starts this program as another process with the product's runtimeconfig, so that it has the
/// product's garbage collector.
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
        // The settings of this lean client must not apply to a server.
        foreach (
            var key in start
                .Environment.Keys.Where(name =>
                    name.StartsWith("DOTNET_SYSTEM_NET_SOCKETS", StringComparison.Ordinal) || name == "ASPNETCORE_URLS"
                )
                .ToList()
        )
            start.Environment.Remove(key);
        return Process.Start(start)!;
    }

    /// <summary>
    /// Ends this process when the process that started it ends for any reason, because standard
    /// input then ends.
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
    /// The peak resident memory of a process in megabytes; on Linux only.
    /// </summary>
    public static double PeakMegabytes(int process) =>
        long.Parse(
            File.ReadLines($"/proc/{process}/status")
                .Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) / 1024.0;
}
