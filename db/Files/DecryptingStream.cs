using System.Security.Cryptography;

namespace Campaigns.Db.Files;

/// <summary>
/// Reads an <see cref="EncryptedFile"/> at any position; one decrypted chunk is in memory.
/// </summary>
internal sealed class DecryptingStream : Stream
{
    private const int StoredChunk = EncryptedFile.Chunk + EncryptedFile.Tag;

    private readonly FileStream _file;
    private readonly AesGcm _aes;
    private readonly byte[] _plaintext = new byte[EncryptedFile.Chunk];
    private readonly byte[] _ciphertext = new byte[StoredChunk];
    private readonly long _start;
    private readonly long _lastChunk;
    private long _loadedChunk = -1;
    private long _position;

    public DecryptingStream(FileStream file, byte[] key, long start)
    {
        (_file, _start) = (file, start);
        _aes = new AesGcm(key, EncryptedFile.Tag);
        try
        {
            var stored = file.Length - start;
            if (stored < EncryptedFile.Tag)
                throw new CryptographicException("The file is not an encrypted file: it is too short.");
            _lastChunk = (stored - 1) / StoredChunk;
            Length = stored - ((_lastChunk + 1) * EncryptedFile.Tag);
            // Decrypting the last chunk first detects a truncated file.
            Load(_lastChunk);
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
        if (chunk != _loadedChunk)
            Load(chunk);
        var from = (int)(_position % EncryptedFile.Chunk);
        var part = (int)Math.Min(buffer.Length, Math.Min(EncryptedFile.Chunk - from, Length - _position));
        _plaintext.AsSpan(from, part).CopyTo(buffer);
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
            CryptographicOperations.ZeroMemory(_plaintext);
            _aes.Dispose();
            _file.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Load(long chunk)
    {
        _loadedChunk = -1;
        var at = _start + (chunk * StoredChunk);
        var length = (int)Math.Min(StoredChunk, _file.Length - at);
        if (length < EncryptedFile.Tag)
            throw new CryptographicException("The encrypted file is truncated.");
        _file.Position = at;
        _file.ReadExactly(_ciphertext, 0, length);
        Span<byte> nonce = stackalloc byte[12];
        Span<byte> data = stackalloc byte[9];
        nonce.Clear();
        EncryptedFile.Nonce(nonce, chunk);
        EncryptedFile.AssociatedData(data, chunk, chunk == _lastChunk);
        var plaintext = _plaintext.AsSpan(0, length - EncryptedFile.Tag);
        _aes.Decrypt(
            nonce,
            _ciphertext.AsSpan(EncryptedFile.Tag, plaintext.Length),
            _ciphertext.AsSpan(0, EncryptedFile.Tag),
            plaintext,
            data
        );
        _loadedChunk = chunk;
    }
}
