using System.Buffers;
using System.Text;

namespace Campaigns.Worker.Mail.Compose;

/// <summary>
/// Pooled bytes in which a letter is composed. Disposing clears them, because a letter is personal
/// data and the next user of the pool must not read it.
/// </summary>
internal sealed class LetterBuffer : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(8 * 1024);
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public LetterBuffer Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
        return this;
    }

    public LetterBuffer Append(string text)
    {
        _length += Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetMaxByteCount(text.Length)));
        return this;
    }

    public void Append(byte octet)
    {
        Reserve(1)[0] = octet;
        _length++;
    }

    public void Clear() => _length = 0;

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + count));
            Written.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
            _bytes = larger;
        }
        return _bytes.AsSpan(_length);
    }
}
