using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Campaigns.Bench.Server;

/// <summary>
/// A server process with a data folder. Disposing ends the process and leaves the folder.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    /// <summary>
    /// Limits are off, because one machine sends all requests. No mail server listens on that port,
    /// so letters wait in the outbox, and the worker tries it at most once a minute. The log has no
    /// line a request.
    /// </summary>
    private static readonly string[] _settings =
    [
        "--Limits:Enabled=false",
        "--Mail:Transport=smtp",
        "--Mail:Host=127.0.0.1",
        "--Mail:Port=1",
        "--Mail:Security=none",
        "--Logging:LogLevel:Default=Error",
        "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Error",
    ];

    private readonly Process _process;

    private ServerProcess(Process process, string folder, Uri url)
    {
        (_process, Folder, Url) = (process, folder, url);
        Http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromMinutes(10) };
    }

    public string Folder { get; }

    public Uri Url { get; }

    /// <summary>An administrator's client for setting up and checking; not for load.</summary>
    public HttpClient Http { get; }

    /// <summary>The peak resident memory of the process in megabytes.</summary>
    public double PeakMegabytes => OwnProcess.PeakMegabytes(_process.Id);

    /// <summary>The processor time of the process so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>A free port of this machine.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a server and waits until it is ready. Later settings win.</summary>
    public static async Task<ServerProcess> StartAsync(string folder, params string[] settings)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort()}");
        var server = new ServerProcess(
            OwnProcess.Start([
                BenchServer.Mode,
                "--urls",
                url.ToString(),
                $"--Data:Directory={folder}",
                $"--Keys:Directory={Path.Combine(folder, "keys")}",
                .. _settings,
                .. settings,
            ]),
            folder,
            url
        );
        await server.UntilReadyAsync();
        server.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            await server.PostAsync("/bench/token")
        );
        return server;
    }

    /// <summary>The bytes that the server has allocated so far.</summary>
    public async Task<long> AllocatedAsync() =>
        long.Parse(await Http.GetStringAsync("/bench/allocated"), CultureInfo.InvariantCulture);

    /// <summary>
    /// Waits until the server is idle, because work after the start or after a load must not count
    /// in the next round.
    /// </summary>
    public async Task SettleAsync()
    {
        for (var tries = 0; tries < 600; tries++)
        {
            var before = ProcessorTime;
            await Task.Delay(500);
            if ((ProcessorTime - before).TotalMilliseconds < 50)
                return;
        }
        throw new TimeoutException("The server does not become idle.");
    }

    /// <summary>Posts to a route of the bench and returns the body of the response.</summary>
    public async Task<string> PostAsync(string path)
    {
        using var answer = await Http.PostAsync(new Uri(path, UriKind.Relative), null);
        return (int)answer.StatusCode == 200
            ? await answer.Content.ReadAsStringAsync()
            : throw new WrongResultException($"{path} answered {(int)answer.StatusCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task UntilReadyAsync()
    {
        for (var tries = 0; !_process.HasExited && tries < 600; tries++)
        {
            try
            {
                using var answer = await Http.GetAsync("/healthz/ready");
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            await Task.Delay(100);
        }
        throw new WrongResultException("The server did not become ready.");
    }
}
