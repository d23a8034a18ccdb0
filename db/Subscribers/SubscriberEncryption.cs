using System.Security.Cryptography;
using System.Text;
using Campaigns.Crypto;
using Campaigns.Db.Keys;
using Campaigns.Signatures;

namespace Campaigns.Db.Subscribers;

/// <summary>Encrypts and indexes the addresses of subscribers, and makes their links.</summary>
public sealed class SubscriberEncryption(KeyRing keys)
{
    public const string Table = "subscribers";
    public const string Column = "address";

    public byte[] Encrypt(long id, EmailAddress email) =>
        keys.Encryptor.Encrypt(Table, Column, id, Encoding.UTF8.GetBytes(email.Typed));

    /// <summary>
    /// Throws <see cref="System.Security.Cryptography.CryptographicException"/> when no key
    /// decrypts the address.
    /// </summary>
    public EmailAddress Decrypt(long id, byte[] address) =>
        EmailAddress.Parse(Encoding.UTF8.GetString(keys.Encryptor.Decrypt(Table, Column, id, address))).Address
        ?? throw new CryptographicException("What was decrypted is no address.");

    /// <summary>
    /// The token of a link that unsubscribes. It has the index of the address, so that it works
    /// also if a restored backup has the subscriber under another id.
    /// </summary>
    public string UnsubscribeToken(long campaignId, long id, IndexedAddress address) =>
        keys.UnsubscribeTokens.Write(LinkPurpose.Unsubscribe, campaignId, id, generation: 0, address);

    internal IndexedAddress Index(long campaignId, EmailAddress email) =>
        keys.BlindIndex.Subscriber(campaignId, email.Normalised);

    internal IReadOnlyList<byte[]> Candidates(long campaignId, string normalisedEmail) =>
        keys.BlindIndex.SubscriberCandidates(campaignId, normalisedEmail);
}
