using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// An SMTP server with scripted misbehaviour that Postfix cannot produce. An answer of null closes
/// the connection; <see cref="Silence"/> sends nothing and keeps the connection open.
/// </summary>
internal sealed class ScriptedServer : IDisposable
{
    public const string Silence = "(silence)";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closed = new();

    public ScriptedServer()
    {
        _listener.Start();
        _ = AcceptAsync(_closed.Token);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Greeting { get; set; } = "220 scripted";
    public string Hello { get; set; } = "250-scripted\r\n250 PIPELINING";

    /// <summary>The reply to a command after EHLO.</summary>
    public Func<string, string?> Answer { get; set; } = command => command == "DATA" ? "354 go on" : "250 2.0.0 ok";

    /// <summary>
    /// The reply to the final dot, or to BDAT, of the letter with that number, counted from 1 over
    /// all connections.
    /// </summary>
    public Func<int, string?> AfterDot { get; set; } = _ => "250 2.0.0 taken";

    /// <summary>After the reply to this command the server neither reads nor replies.</summary>
    public string? StopsReadingAt { get; init; }

    public int Connections { get; private set; }
    public ConcurrentQueue<string> Commands { get; } = new();
    public ConcurrentQueue<string> Letters { get; } = new();

    public void Dispose()
    {
        _closed.Cancel();
        _closed.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync(CancellationToken closed)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(closed);
                Connections++;
                _ = TalkAsync(client, closed);
            }
        }
        catch (Exception exception)
            when (exception is SocketException or ObjectDisposedException or OperationCanceledException)
        { }
    }

    private async Task TalkAsync(TcpClient client, CancellationToken closed)
    {
        using var _ = client;
        client.NoDelay = true;
        try
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
            if (!await SayAsync(client, Greeting, closed))
                return;
            while (await reader.ReadLineAsync(closed) is { } command)
            {
                Commands.Enqueue(command);
                if (command.StartsWith("BDAT ", StringComparison.Ordinal))
                {
                    var chunk = new char[int.Parse(command.Split(' ')[1], CultureInfo.InvariantCulture)];
                    if (await reader.ReadBlockAsync(chunk, closed) < chunk.Length)
                        return;
                    Letters.Enqueue(new string(chunk).ReplaceLineEndings("\n"));
                    if (!await SayAsync(client, AfterDot(Letters.Count), closed))
                        return;
                    continue;
                }
                var answer = command.StartsWith("EHLO", StringComparison.Ordinal) ? Hello : Answer(command);
                if (!await SayAsync(client, answer, closed))
                    return;
                if (command == StopsReadingAt)
                    await Task.Delay(Timeout.Infinite, closed);
                if (command != "DATA" || answer?.StartsWith("354", StringComparison.Ordinal) != true)
                    continue;
                var letter = new StringBuilder();
                while (await reader.ReadLineAsync(closed) is { } line && line != ".")
                    letter.Append(line).Append('\n');
                Letters.Enqueue(letter.ToString());
                if (!await SayAsync(client, AfterDot(Letters.Count), closed))
                    return;
            }
        }
        catch (Exception exception)
            when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        { }
    }

    private static async Task<bool> SayAsync(TcpClient client, string? answer, CancellationToken closed)
    {
        if (answer is null)
            return false;
        if (answer == Silence)
            await Task.Delay(Timeout.Infinite, closed);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(answer + "\r\n"), closed);
        return true;
    }
}
