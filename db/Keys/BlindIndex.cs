using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Campaigns.Db.Keys;

/// <summary>
/// Finds the row of an address without storing the address: an HMAC over campaign and normalised
/// address, cut to 128 bits. Keyed, so a stolen database cannot be tried against guessed addresses;
/// over the campaign too, so rows of one person do not link across campaigns.
/// </summary>
public sealed class BlindIndex
{
    private const int Length = 16;
    private readonly (int Version, byte[] Key)[] _newestFirst;

    internal BlindIndex(SortedDictionary<int, byte[]> keys) =>
        _newestFirst = [.. keys.Reverse().Select(pair => (pair.Key, pair.Value))];

    /// <summary>
    /// The version new rows carry: the key, and with it the rules of normalisation.
    /// </summary>
    public int Version => _newestFirst[0].Version;

    public byte[] Compute(long campaignId, string normalisedEmail) =>
        Compute(_newestFirst[0].Key, campaignId, normalisedEmail);

    /// <summary>
    /// The current value first and, until a job has re-indexed and suppressions have ended, the one
    /// before it. That these are at most two is for <see cref="KeyStore"/> to see to; were an older
    /// backup put back there could be more for a while, and none may be passed over.
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
