namespace Campaigns.Crypto;

/// <summary>
/// The content of a valid token. The row's transaction decides whether its generation is current.
/// </summary>
public sealed record Token(LinkPurpose Purpose, long CampaignId, long SignatureId, int Generation)
{
    /// <summary>
    /// The mailbox that the letter went to, in the links that must work after the signature is
    /// erased.
    /// </summary>
    public IndexedAddress? Address { get; init; }

    /// <summary>
    /// The number of the mailbox's provider (see <see cref="Signatures.MailProvider"/>); 0 if the
    /// link carries none.
    /// </summary>
    public int Provider { get; init; }
}
