namespace Campaigns.Letters;

/// <summary>What a report about a mailbox changes.</summary>
public enum BounceEffect
{
    Nothing,

    /// <summary>
    /// Noted. The campaign mails the address once more, for a request after a day.
    /// </summary>
    Note,

    /// <summary>A soft refusal is counted.</summary>
    Count,

    /// <summary>
    /// No campaign mails the address for <see cref="LetterRules.BounceSuppression"/>.
    /// </summary>
    Suppress,

    /// <summary>
    /// Its subscriptions end, and it gets only letters that it asks for from now on.
    /// </summary>
    Unsubscribe,

    /// <summary>A problem of the domain, which changes nothing for the mailbox.</summary>
    BlameDomain,
}
