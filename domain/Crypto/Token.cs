namespace Campaigns.Crypto;

/// <summary>
/// The content of a valid token. The row's transaction decides whether its generation is current.
/// </summary>
/// <param name="Purpose">What the link does.</param>
/// <param name="CampaignId">The campaign.</param>
/// <param name="RowId">The signature, or the subscriber.</param>
/// <param name="Generation">The generation of the row's links of this purpose.</param>
public sealed record Token(LinkPurpose Purpose, long CampaignId, long RowId, int Generation)
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
