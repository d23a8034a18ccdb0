namespace Campaigns.Db.Engine;

/// <summary>
/// What a signature reaches once and for good, whatever happens to it later.
/// </summary>
public enum SigningStep
{
    /// <summary>The row is new.</summary>
    Signature,

    /// <summary>A mail server accepted its first letter with a link to confirm.</summary>
    Letter,

    /// <summary>
    /// That letter came back, or a mail server refused it for good. Counted by provider only.
    /// </summary>
    Bounce,

    /// <summary>The owner of the mailbox pressed the button, with or without a hold.</summary>
    Press,
}
