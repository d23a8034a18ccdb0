using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Campaigns.Crypto;

/// <summary>
/// Makes and reads link tokens: purpose, key version, campaign, id, generation and a 128-bit MAC,
/// base64url, 48 characters, or 71 with the blind index of the mailbox. The upper five bits of the
/// byte of the purpose are the number of the mailbox's provider, or 0. A guessed token fails
/// without a database lookup. The generation allows replacing one link.
/// </summary>
public sealed class LinkTokens
{
    private const int PurposeBits = 3;
    private const int MacLength = 16;
    private const int BodyLength = 1 + 1 + 8 + 8 + 2;
    private const int AddressLength = 1 + BlindIndex.Length;
    private const int Longest = BodyLength + AddressLength + MacLength;
    private static readonly int _textLength = Base64Url.GetEncodedLength(BodyLength + MacLength);
    private static readonly int _longTextLength = Base64Url.GetEncodedLength(Longest);
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

    /// <param name="purpose">What the link does.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="rowId">The signature, or the subscriber.</param>
    /// <param name="generation">The generation of the row's links of this purpose.</param>
    /// <param name="address">The mailbox, for a link that must work after the signature is
    /// erased.</param>
    /// <param name="provider">The number of the mailbox's provider, for counters.</param>
    public string Write(
        LinkPurpose purpose,
        long campaignId,
        long rowId,
        int generation,
        IndexedAddress? address = null,
        int provider = 0
    )
    {
        Span<byte> bytes = stackalloc byte[Longest];
        bytes[0] = checked((byte)((provider << PurposeBits) | (byte)purpose));
        bytes[1] = _current;
        BinaryPrimitives.WriteInt64BigEndian(bytes[2..], campaignId);
        BinaryPrimitives.WriteInt64BigEndian(bytes[10..], rowId);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[18..], checked((ushort)generation));
        var length = BodyLength;
        if (address is not null)
        {
            bytes[length] = checked((byte)address.Version);
            address.Index.CopyTo(bytes[(length + 1)..]);
            length += AddressLength;
        }
        Mac(_keys[_current], bytes[..length], bytes[length..]);
        return Base64Url.EncodeToString(bytes[..(length + MacLength)]);
    }

    /// <summary>
    /// The token in the address of a link, without signs after it: mail programs and people take
    /// the end of a sentence, a bracket or a space for a part of the link.
    /// </summary>
    public static string FromLink(string text) => WithoutEnd(WithoutEnd(text, _textLength), _longTextLength);

    /// <summary>
    /// Returns false unless the text is a token of that purpose, made with one of our keys that has
    /// not expired.
    /// </summary>
    public bool TryRead(LinkPurpose purpose, string? text, [NotNullWhen(true)] out Token? token)
    {
        token = null;
        Span<byte> all = stackalloc byte[Longest];
        if (text is null || (text.Length != _textLength && text.Length != _longTextLength))
            return false;
        // Of the decoder's methods only this one returns for a character outside the alphabet.
        if (Base64Url.DecodeFromChars(text, all, out _, out var written) != OperationStatus.Done)
            return false;
        // It skips white space.
        if (written != (text.Length == _textLength ? BodyLength + MacLength : Longest))
            return false;
        var bytes = all[..written];
        var body = bytes[..^MacLength];
        if ((body[0] & ((1 << PurposeBits) - 1)) != (byte)purpose || Find(body[1]) is not { } key)
            return false;
        if (_endsAt.TryGetValue(body[1], out var end) && _time.GetUtcNow() >= end)
            return false;
        Span<byte> expected = stackalloc byte[MacLength];
        Mac(key, body, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[^MacLength..]))
            return false;
        token = new Token(
            purpose,
            BinaryPrimitives.ReadInt64BigEndian(body[2..]),
            BinaryPrimitives.ReadInt64BigEndian(body[10..]),
            BinaryPrimitives.ReadUInt16BigEndian(body[18..])
        )
        {
            Provider = body[0] >> PurposeBits,
            Address =
                body.Length == BodyLength
                    ? null
                    : new IndexedAddress(body[BodyLength], body[(BodyLength + 1)..].ToArray()),
        };
        return true;
    }

    /// <summary>
    /// The name of a letter for mail servers and mailboxes: a keyed hash, because ids tell when a
    /// letter was made and how many there are. The same until the token key is rotated.
    /// </summary>
    public string NameOfLetter(long letterId) => Name("letter"u8, letterId);

    /// <summary>
    /// The name of a campaign's list of subscribers for mail servers and mailboxes: a keyed hash,
    /// which does not tell what the campaign is about.
    /// </summary>
    public string NameOfList(long campaignId) => Name("list"u8, campaignId);

    /// <summary>
    /// The tag of a letter in its envelope sender, by which a report of it is known as genuine:
    /// letters and digits in any case, which tell nothing of the id.
    /// </summary>
    public string WriteLetterTag(LetterTag letter) => letter.Write(_current, _keys[_current]);

    /// <summary>False unless a key of ours that has not expired made the tag.</summary>
    public bool TryReadLetterTag(string text, out LetterTag letter) =>
        LetterTag.TryRead(
            text,
            version => _endsAt.TryGetValue(version, out var end) && _time.GetUtcNow() >= end ? null : Find(version),
            out letter
        );

    private string Name(ReadOnlySpan<byte> kind, long id)
    {
        Span<byte> body = stackalloc byte[kind.Length + sizeof(long)];
        kind.CopyTo(body);
        BinaryPrimitives.WriteInt64BigEndian(body[kind.Length..], id);
        Span<byte> mac = stackalloc byte[MacLength];
        Mac(_keys[_current], body, mac);
        return Convert.ToHexStringLower(mac);
    }

    private static string WithoutEnd(string text, int length) =>
        text.Length > length && !text.Skip(length).Any(char.IsLetterOrDigit) ? text[..length] : text;

    private byte[]? Find(byte version) =>
        _keys.GetValueOrDefault(version) ?? (version > _current ? _findNewer(version) : null);

    private static void Mac(byte[] key, ReadOnlySpan<byte> body, Span<byte> mac)
    {
        Span<byte> full = stackalloc byte[32];
        HMACSHA256.HashData(key, body, full);
        full[..MacLength].CopyTo(mac);
    }
}
