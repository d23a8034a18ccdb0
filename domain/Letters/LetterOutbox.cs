namespace Campaigns.Letters;

/// <summary>The outboxes, with the numbers in tags of letters that have left.</summary>
public enum LetterOutbox
{
    /// <summary>Letters to signers, and those that ask subscribers to confirm.</summary>
    People = 1,

    /// <summary>Letters with updates.</summary>
    Updates = 2,

    /// <summary>Letters to members.</summary>
    Members = 3,
}
