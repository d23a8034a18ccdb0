using System.Buffers.Binary;
using System.Security.Cryptography;
using Campaigns.Letters;

namespace Campaigns.Crypto;

/// <summary>
/// A letter as the tag of its envelope sender names it: the version of a key, a keyed hash of the
/// letter, and the letter itself masked by that hash. The tag has 32 characters of base32, because
/// mail servers change the case of addresses.
/// </summary>
/// <param name="Outbox">Where its row is.</param>
/// <param name="Id">The id of its row.</param>
public readonly record struct LetterTag(LetterOutbox Outbox, long Id)
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int HashLength = 10;
    private const int LetterLength = 1 + sizeof(long);
    private const int Length = 1 + HashLength + LetterLength;
    private const int BitsPerCharacter = 5;

    /// <summary>The characters of a tag.</summary>
    public const int TextLength = Length * 8 / BitsPerCharacter;

    internal string Write(byte version, byte[] key)
    {
        Span<byte> tag = stackalloc byte[Length];
        tag[0] = version;
        var letter = tag[(1 + HashLength)..];
        letter[0] = (byte)Outbox;
        BinaryPrimitives.WriteInt64BigEndian(letter[1..], Id);
        Hash(key, "letter tag"u8, letter, tag.Slice(1, HashLength));
        Mask(key, tag.Slice(1, HashLength), letter);
        return Encode(tag);
    }

    internal static bool TryRead(string text, Func<byte, byte[]?> findKey, out LetterTag letter)
    {
        letter = default;
        Span<byte> tag = stackalloc byte[Length];
        if (!TryDecode(text, tag) || findKey(tag[0]) is not { } key)
            return false;
        var hash = tag.Slice(1, HashLength);
        var body = tag[(1 + HashLength)..];
        Mask(key, hash, body);
        Span<byte> expected = stackalloc byte[HashLength];
        Hash(key, "letter tag"u8, body, expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, hash))
            return false;
        letter = new((LetterOutbox)body[0], BinaryPrimitives.ReadInt64BigEndian(body[1..]));
        return true;
    }

    private static void Mask(byte[] key, ReadOnlySpan<byte> hash, Span<byte> letter)
    {
        Span<byte> mask = stackalloc byte[LetterLength];
        Hash(key, "letter mask"u8, hash, mask);
        for (var n = 0; n < LetterLength; n++)
            letter[n] ^= mask[n];
    }

    private static void Hash(byte[] key, ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> message, Span<byte> hash)
    {
        Span<byte> all = stackalloc byte[purpose.Length + message.Length];
        purpose.CopyTo(all);
        message.CopyTo(all[purpose.Length..]);
        Span<byte> full = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, all, full);
        full[..hash.Length].CopyTo(hash);
    }

    private static string Encode(ReadOnlySpan<byte> tag)
    {
        Span<char> text = stackalloc char[TextLength];
        for (var n = 0; n < TextLength; n++)
        {
            var value = 0;
            for (var bit = n * BitsPerCharacter; bit < (n + 1) * BitsPerCharacter; bit++)
                value = (value << 1) | ((tag[bit / 8] >> (7 - (bit % 8))) & 1);
            text[n] = Alphabet[value];
        }
        return new string(text);
    }

    private static bool TryDecode(string text, Span<byte> tag)
    {
        if (text.Length != TextLength)
            return false;
        tag.Clear();
        for (var n = 0; n < TextLength; n++)
        {
            var value = Alphabet.IndexOf(char.ToLowerInvariant(text[n]), StringComparison.Ordinal);
            if (value < 0)
                return false;
            for (var bit = 0; bit < BitsPerCharacter; bit++)
            {
                var at = (n * BitsPerCharacter) + bit;
                tag[at / 8] |= (byte)(((value >> (BitsPerCharacter - 1 - bit)) & 1) << (7 - (at % 8)));
            }
        }
        return true;
    }
}
