using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Campaigns.Tests.Infrastructure;

/// <summary>The machine's nginx in front of a server, on a port and a folder of its own.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nginx";

    private readonly string _folder;
    private readonly Process _process;

    private Nginx(string folder, int port)
    {
        _folder = folder;
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = Url,
        };
        _process = Process.Start(new ProcessStartInfo(Program, ["-p", folder, "-c", ConfigurationIn(folder)]))!;
    }

    public Uri Url { get; }

    /// <summary>A client for its address, which follows no redirect.</summary>
    public HttpClient Http { get; }

    /// <summary>
    /// Starts it on that port, which <see cref="TestPorts"/> returned.
    /// <paramref name="locations"/> is the content of its <c>server</c> block.
    /// </summary>
    public static async Task<Nginx> StartAsync(int port, string locations)
    {
        AssertInstalled();
        var folder = Directory.CreateTempSubdirectory("campaign-nginx-").FullName;
        var temporary = string.Join(
            "\n",
            ((string[])["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]).Select(kind =>
                $"{kind}_temp_path {folder}/{kind};"
            )
        );
        await File.WriteAllTextAsync(
            ConfigurationIn(folder),
            $$"""
            daemon off;
            master_process off;
            pid {{folder}}/pid;
            error_log stderr crit;
            events { }
            http {
                access_log off;
                {{temporary}}
                server {
                    listen 127.0.0.1:{{port.ToString(CultureInfo.InvariantCulture)}};
                    {{locations}}
                }
            }
            """
        );
        var nginx = new Nginx(folder, port);
        await CampaignServer.UntilAsync(() => nginx.ListensAsync(port), "nginx does not listen");
        return nginx;
    }

    /// <summary>Fails with nginx's own message if it does not accept a configuration.</summary>
    public static void AssertAccepts(string configuration)
    {
        AssertInstalled();
        Command.Run(Program, "-t", "-q", "-c", configuration);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> ListensAsync(int port)
    {
        Assert.False(_process.HasExited, "nginx ended.");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string ConfigurationIn(string folder) => Path.Combine(folder, "nginx.conf");

    private static void AssertInstalled() =>
        Assert.True(File.Exists(Program), "These tests need nginx: apt-get install nginx-light (./test does it).");
}
