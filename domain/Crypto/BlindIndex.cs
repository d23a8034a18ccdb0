using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Campaigns.Crypto;

/// <summary>
/// Finds the row of an address without storing the address: an HMAC over campaign and normalised
/// address, truncated to 128 bits. The key prevents testing guessed addresses against a stolen
/// database. The campaign prevents linking one person's rows across campaigns.
/// </summary>
public sealed class BlindIndex
{
    internal const int Length = 16;
    private readonly (int Version, byte[] Key)[] _newestFirst;

    public BlindIndex(SortedDictionary<int, byte[]> keys) =>
        _newestFirst = [.. keys.Reverse().Select(pair => (pair.Key, pair.Value))];

    /// <summary>
    /// The version in new rows. It identifies the key and the normalisation rules.
    /// </summary>
    public int Version => _newestFirst[0].Version;

    /// <summary>True if lookups use the key of that version.</summary>
    public bool LooksUp(int version) => Array.Exists(_newestFirst, index => index.Version == version);

    public byte[] Compute(long campaignId, string normalisedEmail) =>
        Compute(_newestFirst[0].Key, campaignId, normalisedEmail);

    /// <summary>The address under the newest key.</summary>
    public IndexedAddress Address(long campaignId, string normalisedEmail) =>
        new(Version, Compute(campaignId, normalisedEmail));

    /// <summary>
    /// Returns the current value first. It is followed by the previous value until a job has
    /// re-indexed all rows and suppressions have ended. <c>KeyStore</c> limits these to two;
    /// a restored older backup may temporarily need more, and all must be tried.
    /// </summary>
    public IReadOnlyList<byte[]> Candidates(long campaignId, string normalisedEmail) =>
        Array.ConvertAll(_newestFirst, index => Compute(index.Key, campaignId, normalisedEmail));

    private static byte[] Compute(byte[] key, long campaignId, string normalisedEmail)
    {
        var message = new byte[8 + Encoding.UTF8.GetByteCount(normalisedEmail)];
        BinaryPrimitives.WriteInt64BigEndian(message, campaignId);
        Encoding.UTF8.GetBytes(normalisedEmail, message.AsSpan(8));
        return HMACSHA256.HashData(key, message)[..Length];
    }
}
