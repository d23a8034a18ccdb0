namespace Campaigns.Letters;

/// <summary>What a mail server or provider says of a letter that did not reach a mailbox.</summary>
public enum BounceKind
{
    /// <summary>
    /// Nothing about the mailbox: a fault of the letter, or a word of this program.
    /// </summary>
    Other,

    /// <summary>
    /// The mailbox does not exist (5.1.1), which servers also say while they move.
    /// </summary>
    Missing,

    /// <summary>The address or its mailbox is refused for good.</summary>
    Gone,

    /// <summary>The mailbox took nothing this time, for as long as the letter was tried.</summary>
    Soft,

    /// <summary>
    /// The domain refuses the sender or the content (5.7.x), whatever the mailbox.
    /// </summary>
    Policy,

    /// <summary>The reader reported the letter as spam.</summary>
    Complaint,
}
