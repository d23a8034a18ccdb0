using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace Campaigns.Crypto;

/// <summary>
/// Encrypts personal data with AES-256-GCM. HKDF-SHA256 derives the key from a versioned root key,
/// the table and the row's id. The associated data are table, column, id and key version, so a
/// value copied to another row or column cannot be decrypted. Layout: version (1 byte), nonce (12),
/// tag (16), ciphertext.
/// </summary>
public sealed class FieldEncryptor
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 1 + NonceLength + TagLength;
    private const int MaxAssociatedDataLength = 128;
    private const int MaxInfoLength = 64;

    private readonly Dictionary<int, Root> _roots;
    private readonly Func<byte, byte[]?> _findNewer;
    private readonly byte _current;

    /// <param name="roots">The root keys by version.</param>
    /// <param name="findNewer">Called for an unknown version, because another process may have
    /// rotated the key.</param>
    public FieldEncryptor(SortedDictionary<int, byte[]> roots, Func<byte, byte[]?> findNewer)
    {
        _roots = roots.ToDictionary(pair => pair.Key, pair => Root.FromKey(pair.Value));
        _findNewer = findNewer;
        _current = (byte)roots.Keys.Max();
    }

    /// <summary>The version of the root key for encryption.</summary>
    public int Version => _current;

    /// <summary>
    /// True when a value was encrypted under an older root key than the current one.
    /// </summary>
    public bool IsOld(ReadOnlySpan<byte> ciphertext) => ciphertext.Length > 0 && ciphertext[0] < _current;

    public byte[]? FindRoot(byte version) => _roots.GetValueOrDefault(version)?.Key;

    /// <summary>
    /// Encrypts several columns of one row. They share a key, which is derived once.
    /// </summary>
    public RowEncryptor Row(string table, long id) => new(Cipher(_roots[_current], table, id), table, id, _current);

    public byte[] Encrypt(string table, string column, long id, ReadOnlySpan<byte> clear)
    {
        using var row = Row(table, id);
        return row.Encrypt(column, clear);
    }

    /// <summary>Decrypts one column of many rows, on one thread.</summary>
    public ColumnDecryptor Column(string table, string column) => new(this, table, column);

    /// <summary>
    /// Throws <see cref="CryptographicException"/> when the value was changed, copied from another
    /// place, or encrypted under an unknown key.
    /// </summary>
    public byte[] Decrypt(string table, string column, long id, ReadOnlySpan<byte> ciphertext)
    {
        using var decryptor = Column(table, column);
        return decryptor.Decrypt(id, ciphertext);
    }

    private Root? Find(byte version) =>
        _roots.TryGetValue(version, out var root) ? root
        : _findNewer(version) is { } newer ? Root.FromKey(newer)
        : null;

    private static AesGcm Cipher(Root root, string table, long id)
    {
        Span<byte> info = stackalloc byte[MaxInfoLength];
        Span<byte> key = stackalloc byte[32];
        HMACSHA256.HashData(root.Extracted, info[..Info(info, table, id)], key);
        return new AesGcm(key, TagLength);
    }

    // Builds the input of HKDF's first block (RFC 5869, 2.3): the row and the block number. One block is a whole key.
    private static int Info(Span<byte> info, string table, long id)
    {
        var length = Encoding.ASCII.GetBytes(table, info);
        info[length] = 0;
        BinaryPrimitives.WriteInt64BigEndian(info[(length + 1)..], id);
        info[length + 9] = 1;
        return length + 10;
    }

    private static int AssociatedData(Span<byte> target, string table, string column, long id, byte version) =>
        Utf8.TryWrite(target, CultureInfo.InvariantCulture, $"{table}\n{column}\n{id}\n{version}", out var written)
            ? written
            : throw new ArgumentException("The names of table and column are too long.", nameof(table));

    /// <summary>
    /// A root key and the result of HKDF-Extract without a salt, which is the same for every row.
    /// </summary>
    private sealed record Root(byte[] Key, byte[] Extracted)
    {
        public static Root FromKey(byte[] key) => new(key, HKDF.Extract(HashAlgorithmName.SHA256, key));
    }

    /// <summary>Encrypts columns of one row under the newest root key.</summary>
    public sealed class RowEncryptor(AesGcm aes, string table, long id, byte version) : IDisposable
    {
        public byte[] Encrypt(string column, ReadOnlySpan<byte> clear)
        {
            var ciphertext = new byte[HeaderLength + clear.Length];
            ciphertext[0] = version;
            var nonce = ciphertext.AsSpan(1, NonceLength);
            RandomNumberGenerator.Fill(nonce);
            Span<byte> target = stackalloc byte[MaxAssociatedDataLength];
            aes.Encrypt(
                nonce,
                clear,
                ciphertext.AsSpan(HeaderLength),
                ciphertext.AsSpan(1 + NonceLength, TagLength),
                target[..AssociatedData(target, table, column, id, version)]
            );
            return ciphertext;
        }

        public void Dispose() => aes.Dispose();
    }

    /// <summary>
    /// Decrypts one column of many rows. It sets up the hash under the root key once, because that
    /// is most of the cost of deriving a row's key.
    /// </summary>
    public sealed class ColumnDecryptor(FieldEncryptor encryptor, string table, string column) : IDisposable
    {
        private IncrementalHash? _root;
        private byte _version;

        /// <summary>Throws like <see cref="FieldEncryptor.Decrypt"/>.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public byte[] Decrypt(long id, ReadOnlySpan<byte> ciphertext)
        {
            if (ciphertext.Length < HeaderLength)
                throw ForeignCiphertext();
            if (_root is null || ciphertext[0] != _version)
                DeriveKey(ciphertext[0]);
            var clear = new byte[ciphertext.Length - HeaderLength];
            Span<byte> target = stackalloc byte[MaxAssociatedDataLength];
            using var aes = Cipher(id);
            aes.Decrypt(
                ciphertext.Slice(1, NonceLength),
                ciphertext[HeaderLength..],
                ciphertext.Slice(1 + NonceLength, TagLength),
                clear,
                target[..AssociatedData(target, table, column, id, ciphertext[0])]
            );
            return clear;
        }

        public void Dispose() => _root?.Dispose();

        private AesGcm Cipher(long id)
        {
            Span<byte> info = stackalloc byte[MaxInfoLength];
            Span<byte> key = stackalloc byte[32];
            _root!.AppendData(info[..Info(info, table, id)]);
            _root.GetHashAndReset(key);
            return new AesGcm(key, TagLength);
        }

        private void DeriveKey(byte version)
        {
            var root = encryptor.Find(version) ?? throw ForeignCiphertext();
            _root?.Dispose();
            (_root, _version) = (IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, root.Extracted), version);
        }

        private static CryptographicException ForeignCiphertext() =>
            new("The value was not encrypted by a key of this installation.");
    }
}
