namespace Campaigns.Letters;

/// <summary>What is known of a mailbox before the next report of it.</summary>
public enum MailboxStanding
{
    Fine,

    /// <summary>It was missing within <see cref="LetterRules.RetryBounceAfter"/>.</summary>
    MissingLately,

    /// <summary>
    /// It was missing earlier, within <see cref="LetterRules.BounceSuppression"/>.
    /// </summary>
    MissingBefore,

    /// <summary>One more soft refusal is too many.</summary>
    OftenSoft,

    /// <summary>It gets no letters now.</summary>
    Suppressed,
}
