using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Campaigns.Bench.Client;

/// <summary>
/// One round as the mail server measured it, from the first MAIL to the last final dot.
/// </summary>
internal sealed record MailRound(int Letters, double Seconds, int Connections, long Bytes)
{
    public double PerSecond => Letters / Seconds;
}

/// <summary>
/// A mail server that accepts every letter at once and drops it, so that the sender is measured. It
/// counts letters and records their recipients.
/// </summary>
internal sealed class SmtpSink : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Lock _gate = new();
    private readonly HashSet<string> _recipients = new(StringComparer.Ordinal);
    private TaskCompletionSource<MailRound>? _waiting;
    private int _expected;
    private int _letters;
    private int _connections;
    private long _bytes;
    private long _firstAt;

    public SmtpSink()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(128);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>
    /// Begins a round and waits until that many letters were accepted. With
    /// <paramref name="differ"/>, ends the run when two letters have the same recipient.
    /// </summary>
    public async Task<MailRound> TakeAsync(int letters, bool differ, Func<Task> begin)
    {
        lock (_gate)
        {
            _recipients.Clear();
            (_expected, _letters, _connections, _bytes, _firstAt) = (letters, 0, 0, 0, 0);
            _waiting = new TaskCompletionSource<MailRound>(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        await begin();
        var round = await _waiting.Task.WaitAsync(TimeSpan.FromMinutes(10));
        lock (_gate)
        {
            if (_letters != letters)
                throw new WrongResultException($"{_letters} letters came, expected {letters}.");
            if (differ && _recipients.Count != letters)
                throw new WrongResultException($"{letters} letters came for {_recipients.Count} addresses.");
        }
        return round;
    }

    public void Dispose() => _listener.Dispose();

    internal void Began()
    {
        lock (_gate)
        {
            if (_firstAt == 0)
                _firstAt = Stopwatch.GetTimestamp();
        }
    }

    internal void Took(string recipient, int bytes)
    {
        lock (_gate)
        {
            _recipients.Add(recipient);
            _letters++;
            _bytes += bytes;
            if (_letters == _expected)
                _waiting?.TrySetResult(
                    new MailRound(_letters, Stopwatch.GetElapsedTime(_firstAt).TotalSeconds, _connections, _bytes)
                );
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync();
                lock (_gate)
                    _connections++;
                socket.NoDelay = true;
                _ = new SmtpSinkConversation(this, socket).RunAsync();
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The sink was disposed of.
        }
    }
}

/// <summary>One SMTP session of the sink.</summary>
internal sealed class SmtpSinkConversation(SmtpSink sink, Socket socket)
{
    private static readonly byte[] _extensions = [
        .. "250-sink\r\n250-PIPELINING\r\n250-SIZE 10000000\r\n250-8BITMIME\r\n"u8,
        .. "250-DSN\r\n250-CHUNKING\r\n250 SMTPUTF8\r\n"u8,
    ];

    private readonly ArrayBufferWriter<byte> _replies = new();
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _inLetter;
    private int _chunk;
    private string _recipient = "";

    public async Task RunAsync()
    {
        using var _ = socket;
        try
        {
            _replies.Write("220 sink\r\n"u8);
            while (true)
            {
                if (_replies.WrittenCount > 0)
                    await socket.SendAsync(_replies.WrittenMemory);
                _replies.ResetWrittenCount();
                if (_start == _end)
                    _start = _end = 0;
                if (_end == _buffer.Length)
                    Array.Resize(ref _buffer, _buffer.Length * 2);
                var received = await socket.ReceiveAsync(_buffer.AsMemory(_end));
                if (received == 0)
                    return;
                _end += received;
                while (Step()) { }
            }
        }
        catch (SocketException)
        {
            // The sender has disconnected.
        }
    }

    // Reads one line or one letter; false when neither is complete yet.
    private bool Step()
    {
        var unread = _buffer.AsSpan(_start, _end - _start);
        if (_chunk > 0)
            return StepChunk(unread.Length);
        var end = unread.IndexOf(_inLetter ? "\r\n.\r\n"u8 : "\r\n"u8);
        if (end < 0)
            return false;
        _start += end + (_inLetter ? 5 : 2);
        if (_inLetter)
            TakeLetter(end);
        else
            Answer(unread[..end]);
        return true;
    }

    // The letter after BDAT has a length and no final dot (RFC 3030).
    private bool StepChunk(int unread)
    {
        if (unread < _chunk)
            return false;
        _start += _chunk;
        TakeLetter(_chunk);
        _chunk = 0;
        return true;
    }

    private void TakeLetter(int bytes)
    {
        _inLetter = false;
        _replies.Write("250 2.0.0 taken\r\n"u8);
        sink.Took(_recipient, bytes);
    }

    private void Answer(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("EHLO"u8))
        {
            _replies.Write(_extensions);
            return;
        }
        if (line.StartsWith("DATA"u8))
        {
            _inLetter = true;
            _replies.Write("354 go ahead\r\n"u8);
            return;
        }
        if (line.StartsWith("BDAT "u8))
        {
            if (Utf8Parser.TryParse(line["BDAT ".Length..], out _chunk, out _))
                return;
            throw new WrongResultException("BDAT came without a length.");
        }
        if (line.StartsWith("MAIL"u8))
            sink.Began();
        else if (line.StartsWith("RCPT"u8))
            _recipient = Encoding.UTF8.GetString(line);
        _replies.Write("250 2.0.0 fine\r\n"u8);
    }
}
