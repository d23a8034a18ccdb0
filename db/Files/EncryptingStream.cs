using System.Security.Cryptography;

namespace Campaigns.Db.Files;

/// <summary>
/// Writes an <see cref="EncryptedFile"/>. A file disposed without <see cref="Complete"/> cannot be
/// decrypted.
/// </summary>
public sealed class EncryptingStream(FileStream file, byte[] key) : Stream
{
    private readonly AesGcm _aes = new(key, EncryptedFile.Tag);
    private readonly byte[] _plaintext = new byte[EncryptedFile.Chunk];
    private readonly byte[] _ciphertext = new byte[EncryptedFile.Chunk + EncryptedFile.Tag];
    private int _filled;
    private long _chunk;
    private long _written;
    private bool _complete;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => throw new NotSupportedException();

    /// <summary>Plaintext bytes written so far.</summary>
    public override long Position
    {
        get => _written;
        set => throw new NotSupportedException();
    }

    /// <summary>
    /// Encrypts the last chunk and flushes the file. With <paramref name="toDisk"/> false the file
    /// may be lost in a power cut.
    /// </summary>
    public void Complete(bool toDisk = true)
    {
        EncryptBlock(last: true);
        _complete = true;
        file.Flush(toDisk);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_complete, this);
        while (buffer.Length > 0)
        {
            // A full chunk is encrypted with the next byte, because only then it is known not to be the last.
            if (_filled == EncryptedFile.Chunk)
                EncryptBlock(last: false);
            var part = Math.Min(buffer.Length, EncryptedFile.Chunk - _filled);
            buffer[..part].CopyTo(_plaintext.AsSpan(_filled));
            _filled += part;
            _written += part;
            buffer = buffer[part..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CryptographicOperations.ZeroMemory(_plaintext);
            _aes.Dispose();
            file.Dispose();
        }
        base.Dispose(disposing);
    }

    private void EncryptBlock(bool last)
    {
        Span<byte> nonce = stackalloc byte[12];
        Span<byte> data = stackalloc byte[9];
        nonce.Clear();
        EncryptedFile.Nonce(nonce, _chunk);
        EncryptedFile.AssociatedData(data, _chunk, last);
        _aes.Encrypt(
            nonce,
            _plaintext.AsSpan(0, _filled),
            _ciphertext.AsSpan(EncryptedFile.Tag, _filled),
            _ciphertext.AsSpan(0, EncryptedFile.Tag),
            data
        );
        file.Write(_ciphertext, 0, EncryptedFile.Tag + _filled);
        _chunk++;
        _filled = 0;
    }
}
