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
    private const int MostOnStack = 512;
    private static readonly byte[] _foldedPurpose = "campaign folded address v1"u8.ToArray();
    private static readonly byte[] _domainPurpose = "campaign mail domain v1"u8.ToArray();
    private static readonly byte[] _subscriberPurpose = "campaign subscriber address v1"u8.ToArray();
    private static readonly byte[] _refusedPurpose = "campaign refused mailbox v1"u8.ToArray();
    private readonly (
        int Version,
        byte[] Key,
        byte[] Folded,
        byte[] Domain,
        byte[] Subscriber,
        byte[] Refused
    )[] _newestFirst;

    public BlindIndex(SortedDictionary<int, byte[]> keys) =>
        _newestFirst = [
            .. keys.Reverse()
                .Select(pair =>
                    (
                        pair.Key,
                        pair.Value,
                        DeriveKey(pair.Value, _foldedPurpose),
                        DeriveKey(pair.Value, _domainPurpose),
                        DeriveKey(pair.Value, _subscriberPurpose),
                        DeriveKey(pair.Value, _refusedPurpose)
                    )
                ),
        ];

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
    public IReadOnlyList<byte[]> Candidates(long campaignId, string normalisedEmail)
    {
        var candidates = new byte[_newestFirst.Length][];
        for (var n = 0; n < candidates.Length; n++)
            candidates[n] = Compute(_newestFirst[n].Key, campaignId, normalisedEmail);
        return candidates;
    }

    /// <summary>
    /// A hash of a folded address (see AddressFolding) within a campaign, under a key of its own:
    /// it matches no blind index.
    /// </summary>
    public byte[] ComputeFolded(long campaignId, string foldedEmail) =>
        Compute(_newestFirst[0].Folded, campaignId, foldedEmail);

    /// <summary>
    /// The mailbox of an address under every key that <see cref="Candidates"/> uses, newest first.
    /// </summary>
    public IReadOnlyList<FoldedIndex> FoldedCandidates(long campaignId, string normalisedEmail, string foldedEmail)
    {
        var candidates = new FoldedIndex[_newestFirst.Length];
        for (var n = 0; n < candidates.Length; n++)
        {
            var (_, key, folded, _, _, _) = _newestFirst[n];
            candidates[n] = new FoldedIndex(
                Compute(folded, campaignId, foldedEmail),
                foldedEmail == normalisedEmail ? null : Compute(key, campaignId, foldedEmail)
            );
        }
        return candidates;
    }

    /// <summary>A hash of a folded address that is the same in all campaigns.</summary>
    public byte[] ComputeMailbox(string foldedEmail) => Compute(_newestFirst[0].Folded, NoCampaign, foldedEmail);

    /// <summary>A hash of a mail domain, under a key of its own.</summary>
    public byte[] ComputeDomain(string domain) => Compute(_newestFirst[0].Domain, NoCampaign, domain);

    /// <summary>The hashes of a mail domain under every key, newest first.</summary>
    public IReadOnlyList<byte[]> DomainCandidates(string domain) =>
        Array.ConvertAll(_newestFirst, index => Compute(index.Domain, NoCampaign, domain));

    /// <summary>
    /// The address of a subscriber under the newest key: a hash under a key of its own, so that a
    /// subscriber is not found by the index of a signature.
    /// </summary>
    public IndexedAddress Subscriber(long campaignId, string normalisedEmail) =>
        new(Version, Compute(_newestFirst[0].Subscriber, campaignId, normalisedEmail));

    /// <summary>The address of a subscriber under every key, newest first.</summary>
    public IReadOnlyList<byte[]> SubscriberCandidates(long campaignId, string normalisedEmail) =>
        Array.ConvertAll(_newestFirst, index => Compute(index.Subscriber, campaignId, normalisedEmail));

    /// <summary>
    /// An address in all campaigns under the newest key: a hash under a key of its own, which
    /// matches no row of a person.
    /// </summary>
    public IndexedAddress Refused(string normalisedEmail) =>
        new(Version, Compute(_newestFirst[0].Refused, NoCampaign, normalisedEmail));

    /// <summary>The same under every key, newest first.</summary>
    public IReadOnlyList<byte[]> RefusedCandidates(string normalisedEmail) =>
        Array.ConvertAll(_newestFirst, index => Compute(index.Refused, NoCampaign, normalisedEmail));

    // No campaign has this id.
    private const long NoCampaign = 0;

    private static byte[] DeriveKey(byte[] key, byte[] purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, salt: [], info: purpose);

    // Every signature computes some of these, so that the message and the whole hash stay on the stack.
    private static byte[] Compute(byte[] key, long campaignId, string text)
    {
        var length = sizeof(long) + Encoding.UTF8.GetByteCount(text);
        var message = length <= MostOnStack ? stackalloc byte[length] : new byte[length];
        BinaryPrimitives.WriteInt64BigEndian(message, campaignId);
        Encoding.UTF8.GetBytes(text, message[sizeof(long)..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, message, hash);
        return hash[..Length].ToArray();
    }
}
