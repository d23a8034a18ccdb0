namespace Campaigns.Db.Signatures;

/// <summary>What is known of the mailbox of a request.</summary>
/// <param name="TakesLetters">True if the mailbox may get another letter.</param>
/// <param name="Signatures">The active signatures of the campaign with its addresses.</param>
internal readonly record struct MailboxState(bool TakesLetters, long Signatures);
