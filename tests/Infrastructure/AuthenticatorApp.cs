using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Campaigns.Tests.Infrastructure;

/// <summary>An authenticator app, written from RFC 4226 and RFC 6238.</summary>
public sealed class AuthenticatorApp(string secret)
{
    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The six digits that the app shows at an instant.</summary>
    public string CodeAt(DateTimeOffset instant)
    {
        var message = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(message, instant.ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // Authenticator apps use SHA-1 (RFC 6238, 1.2).
        var hash = HMACSHA1.HashData(Key(), message);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private byte[] Key()
    {
        var bits = string.Concat(secret.Select(sign => Convert.ToString(Base32.IndexOf(sign), 2).PadLeft(5, '0')));
        return
        [
            .. bits.Chunk(8)
                .Where(byteOf => byteOf.Length == 8)
                .Select(byteOf => Convert.ToByte(new string(byteOf), 2)),
        ];
    }
}
