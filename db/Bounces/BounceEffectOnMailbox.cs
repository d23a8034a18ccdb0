using Campaigns.Letters;

namespace Campaigns.Db.Bounces;

/// <summary>What a report changed.</summary>
/// <param name="Effect">The effect.</param>
/// <param name="MailboxId">The row that stops all letters; null if none does.</param>
internal readonly record struct BounceEffectOnMailbox(BounceEffect Effect, long? MailboxId);
