using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Campaigns.Db;

namespace Campaigns.Bench;

/// <summary>The real server as a process of its own, on a data folder of its own, which goes when this is disposed of.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, string folder, Uri url)
    {
        _process = process;
        Folder = folder;
        Url = url;
    }

    public string Folder { get; }

    public Uri Url { get; }

    /// <summary>Starts the API's Release build and waits until it is ready. Limits are off: one machine plays everybody.</summary>
    public static async Task<ServerProcess> StartAsync()
    {
        var program = Path.Combine(InstallationRoot.Find().Path, "api", "bin", "Release", "net10.0", "Campaigns.Api.dll");
        if (!File.Exists(program)) throw new FileNotFoundException("Build the server first: dotnet build -c Release api");
        var folder = Directory.CreateTempSubdirectory("campaign-bench-").FullName;
        var url = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                program, "--urls", url.ToString(), $"--Data:Directory={folder}", $"--Keys:Directory={Path.Combine(folder, "keys")}", "--Mail:Transport=folder",
                "--Limits:Enabled=false", "--Logging:LogLevel:Default=Warning", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Warning",
            },
        };
        var server = new ServerProcess(Process.Start(start)!, folder, url);
        using var http = new HttpClient { BaseAddress = url };
        for (var tries = 0; ; tries++)
        {
            try
            {
                if ((await http.GetAsync("/healthz/ready")).IsSuccessStatusCode) return server;
            }
            catch (HttpRequestException) when (tries < 300)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Runs a command of the product on this server's folder and returns its standard output.</summary>
    public async Task<string> CommandAsync(params string[] arguments)
    {
        var program = Path.Combine(InstallationRoot.Find().Path, "api", "bin", "Release", "net10.0", "Campaigns.Api.dll");
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, ArgumentList = { program } };
        foreach (var argument in (string[])[.. arguments, $"--Data:Directory={Folder}", $"--Keys:Directory={Path.Combine(Folder, "keys")}"]) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"{arguments[0]} ended with {process.ExitCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
