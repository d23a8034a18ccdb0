using System.Security.Cryptography;
using System.Text;

namespace Campaigns.Ledger;

/// <summary>
/// What the public ledger says about a signer: nothing, until the signer shows the key. Without the
/// 32 random bytes nobody can test a guessed address against a line; with the key destroyed nobody
/// ever can again.
/// </summary>
public static class Commitment
{
    public const int KeyBytes = 32;

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    /// <summary>
    /// HMAC-SHA256 of <c>campaign-ledger-v1\n slug \n text hash \n country \n normalised
    /// e-mail</c>. The country is the one the ledger line will carry (listed or ZZ), not the
    /// signer's own: a receipt recomputes this from the line.
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
