using System.Net;
using System.Net.Sockets;
using System.Text;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Mail;

/// <summary>
/// Checks the one password that Postfix asks for, by Dovecot's authentication protocol, because the
/// machine has no SASL database.
/// </summary>
internal sealed class DovecotAuth : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public DovecotAuth()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException) { }
    }

    private static async Task AnswerAsync(TcpClient client)
    {
        using var _ = client;
        using var reader = new StreamReader(client.GetStream());
        await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true, NewLine = "\n" };
        await writer.WriteAsync(
            "VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\nSPID\t1\nCUID\t1\n"
                + "COOKIE\t0123456789abcdef0123456789abcdef\nDONE\n"
        );
        while (await reader.ReadLineAsync() is { } line)
        {
            var words = line.Split('\t');
            if (words[0] != "AUTH")
                continue;
            var answer = words.First(word => word.StartsWith("resp=", StringComparison.Ordinal))["resp=".Length..];
            var right =
                Encoding.UTF8.GetString(Convert.FromBase64String(answer)) == $"\0{Postfix.User}\0{Postfix.Password}";
            await writer.WriteLineAsync(right ? $"OK\t{words[1]}\tuser={Postfix.User}" : $"FAIL\t{words[1]}");
        }
    }
}
