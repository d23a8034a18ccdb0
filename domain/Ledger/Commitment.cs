using System.Security.Cryptography;
using System.Text;

namespace Campaigns.Ledger;

/// <summary>
/// The signer's entry in the public ledger. It reveals nothing without the signer's key of 32
/// random bytes: a guessed address cannot be tested against a line. Destroying the key makes this
/// permanent.
/// </summary>
public static class Commitment
{
    public const int KeyBytes = 32;

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    /// <summary>
    /// HMAC-SHA256 of <c>campaign-ledger-v1\n slug \n text hash \n country \n normalised
    /// e-mail</c>. The country is the one in the ledger line (listed or ZZ), because a receipt
    /// recomputes the commitment from the line.
    /// </summary>
    public static byte[] Compute(
        ReadOnlySpan<byte> key,
        string slug,
        string textHash,
        string country,
        string normalisedEmail
    )
    {
        if (key.Length != KeyBytes)
            throw new ArgumentException("A ledger key has 32 bytes.", nameof(key));
        return HMACSHA256.HashData(
            key,
            Encoding.UTF8.GetBytes($"campaign-ledger-v1\n{slug}\n{textHash}\n{country}\n{normalisedEmail}")
        );
    }
}
