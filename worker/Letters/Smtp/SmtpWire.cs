using System.Text;

namespace Campaigns.Worker.Letters.Smtp;

/// <summary>Bytes and replies over one connection; every wait has an end and every reply a bound.</summary>
internal sealed class SmtpWire(Stream stream) : IAsyncDisposable
{
    // RFC 5321 allows 512 bytes a line; servers send more. Past this it is no mail server that speaks.
    private const int MaxLine = 4096;
    private const int MaxLines = 128;

    private readonly byte[] _buffer = new byte[8192];
    private int _start;
    private int _end;

    public Stream Stream { get; } = stream;

    /// <summary>Ends every wait before its time.</summary>
    public CancellationToken GiveUp { get; set; }

    /// <summary>Something was received that nobody asked for yet.</summary>
    public bool HasUnread => _start < _end;

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, TimeSpan timeout)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(GiveUp);
        limit.CancelAfter(timeout);
        try
        {
            await Stream.WriteAsync(bytes, limit.Token);
            await Stream.FlushAsync(limit.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            throw Broken(exception);
        }
    }

    public Task WriteAsync(string line, TimeSpan timeout) => WriteAsync(Encoding.UTF8.GetBytes(line), timeout);

    /// <summary>Reads one reply, however many lines. Throws <see cref="SmtpBrokenException"/> when none comes or it makes no sense.</summary>
    public async Task<SmtpReply> ReadReplyAsync(TimeSpan timeout)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(GiveUp);
        limit.CancelAfter(timeout);
        var lines = new List<string>(1);
        var code = 0;
        while (true)
        {
            var line = await ReadLineAsync(limit.Token);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), out var lineCode) || lineCode is < 200 or > 599) throw Nonsense();
            if (code != 0 && lineCode != code) throw Nonsense();
            if (line.Length > 3 && line[3] is not (' ' or '-')) throw Nonsense();
            code = lineCode;
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ') return new SmtpReply(code, lines);
            if (lines.Count == MaxLines) throw Nonsense();
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken limit)
    {
        while (true)
        {
            var newline = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, newline).TrimEnd('\r');
                _start += newline + 1;
                return line;
            }
            if (_end - _start > MaxLine) throw Nonsense();
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }
            int read;
            try
            {
                read = await Stream.ReadAsync(_buffer.AsMemory(_end), limit);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
            {
                throw Broken(exception);
            }
            if (read == 0) throw new SmtpBrokenException("connection-lost");
            _end += read;
        }
    }

    private static SmtpBrokenException Nonsense() => new("not-smtp");

    private static SmtpBrokenException Broken(Exception cause) =>
        new(cause is OperationCanceledException ? "timed-out" : "connection-lost", cause);

    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
