using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Campaigns.Db.Keys;

/// <summary>What a link may do. The numbers are part of every token.</summary>
public enum LinkPurpose : byte
{
    Confirm = 1,
    Manage = 2,
    NotMe = 3,
}

/// <summary>
/// What a valid token says. Whether its generation is still the row's is for the row's transaction
/// to decide.
/// </summary>
public sealed record Token(LinkPurpose Purpose, long CampaignId, long SignatureId, int Generation);

/// <summary>
/// Links that are never looked up by themselves: purpose, key version, campaign, id, generation and
/// a 128-bit MAC, base64url, 48 characters. Guessing fails before any database is asked; the
/// generation lets one link be replaced.
/// </summary>
public sealed class LinkTokens
{
    private const int MacLength = 16;
    private const int BodyLength = 1 + 1 + 8 + 8 + 2;
    private readonly SortedDictionary<int, byte[]> _keys;
    private readonly IReadOnlyDictionary<int, DateTimeOffset> _endsAt;
    private readonly TimeProvider _time;
    private readonly Func<byte, byte[]?> _findNewer;
    private readonly byte _current;

    /// <param name="keys">Token keys by version.</param>
    /// <param name="endsAt">Until when a replaced key still verifies; the newest has no
    /// end.</param>
    /// <param name="findNewer">Asked for a version that is newer than these: another process may
    /// have rotated since.</param>
    /// <param name="time">The clock.</param>
    internal LinkTokens(
        SortedDictionary<int, byte[]> keys,
        IReadOnlyDictionary<int, DateTimeOffset> endsAt,
        Func<byte, byte[]?> findNewer,
        TimeProvider time
    )
    {
        _keys = keys;
        _findNewer = findNewer;
        _endsAt = endsAt;
        _time = time;
        _current = (byte)keys.Keys.Max();
    }

    public string Write(LinkPurpose purpose, long campaignId, long signatureId, int generation)
    {
        Span<byte> bytes = stackalloc byte[BodyLength + MacLength];
        bytes[0] = (byte)purpose;
        bytes[1] = _current;
        BinaryPrimitives.WriteInt64BigEndian(bytes[2..], campaignId);
        BinaryPrimitives.WriteInt64BigEndian(bytes[10..], signatureId);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[18..], checked((ushort)generation));
        Mac(_keys[_current], bytes[..BodyLength], bytes[BodyLength..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>
    /// False for anything that is not a token of that purpose made with one of our keys, or was
    /// made with one that was replaced too long ago.
    /// </summary>
    public bool TryRead(LinkPurpose purpose, string? text, [NotNullWhen(true)] out Token? token)
    {
        token = null;
        Span<byte> bytes = stackalloc byte[BodyLength + MacLength];
        if (text is null || text.Length != Base64Url.GetEncodedLength(bytes.Length))
            return false;
        if (!Base64Url.TryDecodeFromChars(text, bytes, out var written) || written != bytes.Length)
            return false;
        if (bytes[0] != (byte)purpose || Find(bytes[1]) is not { } key)
            return false;
        if (_endsAt.TryGetValue(bytes[1], out var end) && _time.GetUtcNow() >= end)
            return false;
        Span<byte> mac = stackalloc byte[MacLength];
        Mac(key, bytes[..BodyLength], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[BodyLength..]))
            return false;
        token = new Token(
            purpose,
            BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[10..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[18..])
        );
        return true;
    }

    private byte[]? Find(byte version) =>
        _keys.GetValueOrDefault(version) ?? (version > _current ? _findNewer(version) : null);

    private static void Mac(byte[] key, ReadOnlySpan<byte> body, Span<byte> mac)
    {
        Span<byte> full = stackalloc byte[32];
        HMACSHA256.HashData(key, body, full);
        full[..MacLength].CopyTo(mac);
    }
}
