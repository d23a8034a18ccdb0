using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Campaigns.Crypto;

/// <summary>
/// Makes and reads link tokens: purpose, key version, campaign, id, generation and a 128-bit MAC,
/// base64url, 48 characters. A guessed token fails without a database lookup. The generation allows
/// replacing one link.
/// </summary>
public sealed class LinkTokens
{
    private const int MacLength = 16;
    private const int BodyLength = 1 + 1 + 8 + 8 + 2;
    private static readonly int _textLength = Base64Url.GetEncodedLength(BodyLength + MacLength);
    private readonly SortedDictionary<int, byte[]> _keys;
    private readonly IReadOnlyDictionary<int, DateTimeOffset> _endsAt;
    private readonly TimeProvider _time;
    private readonly Func<byte, byte[]?> _findNewer;
    private readonly byte _current;

    /// <param name="keys">The token keys by version.</param>
    /// <param name="endsAt">When replaced keys stop verifying; the newest has no end.</param>
    /// <param name="findNewer">Called for a version newer than these, because another process may
    /// have rotated the key.</param>
    /// <param name="time">The clock.</param>
    public LinkTokens(
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
    /// The token in the address of a link, without signs after it: mail programs and people take
    /// the end of a sentence, a bracket or a space for a part of the link.
    /// </summary>
    public static string FromLink(string text) =>
        text.Length > _textLength && !text.Skip(_textLength).Any(char.IsLetterOrDigit) ? text[.._textLength] : text;

    /// <summary>
    /// Returns false unless the text is a token of that purpose, made with one of our keys that has
    /// not expired.
    /// </summary>
    public bool TryRead(LinkPurpose purpose, string? text, [NotNullWhen(true)] out Token? token)
    {
        token = null;
        Span<byte> bytes = stackalloc byte[BodyLength + MacLength];
        if (text is null || text.Length != _textLength)
            return false;
        // Of the decoder's methods only this one returns for a character outside the alphabet.
        if (
            Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done
            || written != bytes.Length
        )
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

    /// <summary>
    /// The name of a letter for mail servers and mailboxes: a keyed hash, because ids tell when a
    /// letter was made and how many there are. The same until the token key is rotated.
    /// </summary>
    public string NameOfLetter(long letterId)
    {
        Span<byte> body = stackalloc byte["letter"u8.Length + sizeof(long)];
        "letter"u8.CopyTo(body);
        BinaryPrimitives.WriteInt64BigEndian(body["letter"u8.Length..], letterId);
        Span<byte> mac = stackalloc byte[MacLength];
        Mac(_keys[_current], body, mac);
        return Convert.ToHexStringLower(mac);
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
