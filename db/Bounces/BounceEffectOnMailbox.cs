using Campaigns.Letters;

namespace Campaigns.Db.Bounces;

/// <summary>What a report changed.</summary>
/// <param name="Effect">The effect.</param>
/// <param name="MailboxId">The row that stops all letters; null if none does.</param>
internal readonly record struct BounceEffectOnMailbox(BounceEffect Effect, long? MailboxId)
{
    /// <summary>
    /// True if the campaign of the letter mails the address no more, or once more.
    /// </summary>
    public bool SuppressesInCampaign => Effect is BounceEffect.Note or BounceEffect.Suppress;
}
