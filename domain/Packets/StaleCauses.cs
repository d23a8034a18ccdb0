namespace Campaigns.Packets;

/// <summary>What happened since the last build of a stale packet.</summary>
/// <param name="Since">When the first of it happened; null for a build that did not record
/// it.</param>
/// <param name="Withdrawn">Signers in it who withdrew or erased their signature.</param>
/// <param name="Lowered">Signers in it who show less.</param>
/// <param name="Corrected">Signers in it whose printed data was corrected.</param>
/// <param name="Invalidated">Signatures in it that staff invalidated.</param>
/// <param name="RecipientChanged">True if its recipient may see less, has another name or address,
/// or is gone.</param>
/// <param name="CampaignChanged">True if data was erased at the end of its term, or lines of the
/// ledger were imported.</param>
public sealed record StaleCauses(
    DateTimeOffset? Since,
    long Withdrawn,
    long Lowered,
    long Corrected,
    long Invalidated,
    bool RecipientChanged,
    bool CampaignChanged
);
