using System.Security.Cryptography;

namespace Campaigns.Db.Packets;

/// <summary>
/// Reads a <see cref="EncryptedFile"/> from any place; one chunk is open at a time.
/// </summary>
internal sealed class DecryptingStream : Stream
{
    private const int Stored = EncryptedFile.Chunk + EncryptedFile.Tag;

    private readonly FileStream _file;
    private readonly AesGcm _aes;
    private readonly byte[] _clear = new byte[EncryptedFile.Chunk];
    private readonly byte[] _sealed = new byte[Stored];
    private readonly long _last;
    private long _open = -1;
    private long _position;

    public DecryptingStream(FileStream file, byte[] key)
    {
        _file = file;
        _aes = new AesGcm(key, EncryptedFile.Tag);
        try
        {
            if (file.Length < EncryptedFile.Tag)
                throw new CryptographicException("Not a sealed file.");
            _last = (file.Length - 1) / Stored;
            Length = file.Length - ((_last + 1) * EncryptedFile.Tag);
            // Tells at once whether the end is the end that was written.
            Load(_last);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length { get; }

    public override long Position
    {
        get => _position;
        set => _position = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position >= Length || buffer.Length == 0)
            return 0;
        var chunk = _position / EncryptedFile.Chunk;
        if (chunk != _open)
            Load(chunk);
        var from = (int)(_position % EncryptedFile.Chunk);
        var part = (int)Math.Min(buffer.Length, Math.Min(EncryptedFile.Chunk - from, Length - _position));
        _clear.AsSpan(from, part).CopyTo(buffer);
        _position += part;
        return part;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) =>
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CryptographicOperations.ZeroMemory(_clear);
            _aes.Dispose();
            _file.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Load(long chunk)
    {
        _open = -1;
        var length = (int)Math.Min(Stored, _file.Length - (chunk * Stored));
        if (length < EncryptedFile.Tag)
            throw new CryptographicException("The sealed file ends too early.");
        _file.Position = chunk * Stored;
        _file.ReadExactly(_sealed, 0, length);
        Span<byte> nonce = stackalloc byte[12];
        Span<byte> data = stackalloc byte[9];
        nonce.Clear();
        EncryptedFile.Nonce(nonce, chunk);
        EncryptedFile.AssociatedData(data, chunk, chunk == _last);
        var clear = _clear.AsSpan(0, length - EncryptedFile.Tag);
        _aes.Decrypt(
            nonce,
            _sealed.AsSpan(EncryptedFile.Tag, clear.Length),
            _sealed.AsSpan(0, EncryptedFile.Tag),
            clear,
            data
        );
        _open = chunk;
    }
}
