using System.Buffers.Binary;
using Campaigns.Crypto;
using Campaigns.Signatures;

namespace Campaigns.Db.Signatures;

/// <summary>How the mailbox of a request is found.</summary>
/// <param name="Request">The request.</param>
/// <param name="CampaignId">Its campaign.</param>
/// <param name="Hash">Equal for all addresses of the mailbox in all campaigns.</param>
/// <param name="Folded">The mailbox within the campaign, under each active index key, newest
/// first.</param>
internal sealed record MailboxKey(long Request, long CampaignId, byte[] Hash, IReadOnlyList<FoldedIndex> Folded)
{
    /// <summary>Equal for equal hashes, in their order.</summary>
    public UInt128 Number { get; } = BinaryPrimitives.ReadUInt128BigEndian(Hash);

    /// <summary>
    /// The beginning of the hash. It is different for any mailboxes of one day, except by a chance
    /// of one in millions.
    /// </summary>
    public ulong Short => (ulong)(Number >> 64);

    /// <summary>
    /// The folded index of a row; null for an address without a tag, whose blind index is enough.
    /// </summary>
    public byte[]? Stored => Folded[0].Untagged is null ? null : Folded[0].Index;

    public static MailboxKey Create(BlindIndex index, long request, long campaignId, EmailAddress email)
    {
        var folded = email.Folded;
        return new(
            request,
            campaignId,
            index.ComputeMailbox(folded),
            index.FoldedCandidates(campaignId, email.Normalised, folded)
        );
    }
}
