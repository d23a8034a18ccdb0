using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Campaigns.Bench.Client;

/// <summary>
/// One keep-alive connection with the part of HTTP/1.1 that a load needs: it sends prepared bytes,
/// returns the status, and counts the bytes of the body. HttpClient would cost more than the server
/// under test, and both share the machine.
/// </summary>
internal sealed class HttpWire : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };
    private byte[] _buffer = new byte[8 * 1024];
    private int _start;
    private int _end;

    /// <summary>Bytes of the last response's body.</summary>
    public long BodyLength { get; private set; }

    public ValueTask ConnectAsync(IPEndPoint server) => _socket.ConnectAsync(server, CancellationToken.None);

    /// <summary>
    /// Sends a whole request and returns the status once the whole response was read.
    /// </summary>
    public async ValueTask<int> AskAsync(ReadOnlyMemory<byte> request)
    {
        var sent = await _socket.SendAsync(request);
        if (sent != request.Length)
            throw new WrongResultException("The socket sent only a part of the request.");
        int head;
        while ((head = Unread.IndexOf("\r\n\r\n"u8)) < 0)
            await ReceiveAsync();
        var (status, length, chunked) = Head(Unread[..head]);
        _start += head + 4;
        if (chunked)
            await SkipChunksAsync();
        else
            await SkipAsync(BodyLength = length);
        return status;
    }

    public void Dispose() => _socket.Dispose();

    private Span<byte> Unread => _buffer.AsSpan(_start, _end - _start);

    private static (int Status, long Length, bool Chunked) Head(ReadOnlySpan<byte> head)
    {
        // "HTTP/1.1 202 Accepted"
        _ = Utf8Parser.TryParse(head[9..12], out int status, out _);
        var (length, chunked) = (0L, false);
        foreach (var at in head.Split("\r\n"u8))
        {
            var line = head[at];
            if (Begins(line, "content-length: "u8))
                _ = Utf8Parser.TryParse(line[16..], out length, out _);
            else if (Begins(line, "transfer-encoding: chunked"u8))
                chunked = true;
        }
        return (status, length, chunked);
    }

    private static bool Begins(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.Length >= name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name);

    private async ValueTask SkipChunksAsync()
    {
        BodyLength = 0;
        while (true)
        {
            int end;
            while ((end = Unread.IndexOf("\r\n"u8)) < 0)
                await ReceiveAsync();
            if (!Utf8Parser.TryParse(Unread[..end], out long size, out _, 'x'))
                throw new WrongResultException("A chunk has no size.");
            _start += end + 2;
            BodyLength += size;
            await SkipAsync(size + 2);
            if (size == 0)
                return;
        }
    }

    private async ValueTask SkipAsync(long count)
    {
        while (_end - _start < count)
        {
            count -= _end - _start;
            _start = _end;
            await ReceiveAsync();
        }
        _start += (int)count;
    }

    private async ValueTask ReceiveAsync()
    {
        if (_start == _end)
            _start = _end = 0;
        if (_end == _buffer.Length)
        {
            if (_start == 0)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            Unread.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        var received = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
        if (received == 0)
            throw new WrongResultException("The server closed the connection.");
        _end += received;
    }
}
