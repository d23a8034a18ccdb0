using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Campaigns.Db.Keys;

/// <summary>
/// Seals what a signer typed: AES-256-GCM under a key derived (HKDF-SHA256) from a versioned root key, the table and the row's id, with
/// table, column, id and key version as associated data, so that a value moved to another row or column does not open.
/// Layout: version (1 byte), nonce (12), tag (16), ciphertext.
/// </summary>
public sealed class Sealer
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int HeaderLength = 1 + NonceLength + TagLength;

    private readonly SortedDictionary<int, byte[]> _roots;
    private readonly Func<byte, byte[]?> _findNewer;
    private readonly byte _current;

    /// <param name="roots">Root keys by version.</param>
    /// <param name="findNewer">Asked for a version that is not among them: another process may have rotated since.</param>
    internal Sealer(SortedDictionary<int, byte[]> roots, Func<byte, byte[]?> findNewer)
    {
        _roots = roots;
        _findNewer = findNewer;
        _current = (byte)roots.Keys.Max();
    }

    /// <summary>The version of the root key that seals.</summary>
    internal int Version => _current;

    /// <summary>Whether a value was sealed under an older root key than the one that seals now.</summary>
    internal bool IsOld(ReadOnlySpan<byte> sealedValue) => sealedValue.Length > 0 && sealedValue[0] < _current;

    internal byte[]? FindRoot(byte version) => _roots.GetValueOrDefault(version);

    public byte[] Seal(string table, string column, long id, ReadOnlySpan<byte> clear)
    {
        var sealedValue = new byte[HeaderLength + clear.Length];
        sealedValue[0] = _current;
        var nonce = sealedValue.AsSpan(1, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(DeriveKey(_roots[_current], table, id), TagLength);
        aes.Encrypt(nonce, clear, sealedValue.AsSpan(HeaderLength), sealedValue.AsSpan(1 + NonceLength, TagLength), AssociatedData(table, column, id, _current));
        return sealedValue;
    }

    /// <summary>Throws <see cref="CryptographicException"/> when the value was changed, moved, or sealed under a key that is not here.</summary>
    public byte[] Open(string table, string column, long id, ReadOnlySpan<byte> sealedValue)
    {
        if (sealedValue.Length < HeaderLength || (FindRoot(sealedValue[0]) ?? _findNewer(sealedValue[0])) is not { } root)
            throw new CryptographicException("Not sealed by a key of this installation.");
        var clear = new byte[sealedValue.Length - HeaderLength];
        using var aes = new AesGcm(DeriveKey(root, table, id), TagLength);
        aes.Decrypt(sealedValue.Slice(1, NonceLength), sealedValue[HeaderLength..], sealedValue.Slice(1 + NonceLength, TagLength), clear, AssociatedData(table, column, id, sealedValue[0]));
        return clear;
    }

    private static byte[] DeriveKey(byte[] root, string table, long id)
    {
        Span<byte> info = stackalloc byte[64];
        var length = Encoding.ASCII.GetBytes(table, info);
        BinaryPrimitives.WriteInt64BigEndian(info[(length + 1)..], id);
        var key = new byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, key, salt: [], info[..(length + 9)]);
        return key;
    }

    private static byte[] AssociatedData(string table, string column, long id, byte version) =>
        Encoding.ASCII.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{table}\n{column}\n{id}\n{version}"));
}
