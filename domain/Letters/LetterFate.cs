namespace Campaigns.Letters;

/// <summary>
/// What becomes of letters, spelled as in the database and in the figures of staff.
/// </summary>
public static class LetterFate
{
    /// <summary>How many days staff see.</summary>
    public const int DaysShown = 31;

    public const string Created = "created";

    /// <summary>The mail server took it.</summary>
    public const string Accepted = "accepted";

    /// <summary>The mail server refused it for good, or it was given up.</summary>
    public const string Refused = "refused";

    /// <summary>It was accepted and came back later, or its reader complained.</summary>
    public const string Bounced = "bounced";

    /// <summary>The mail server never said whether it took it.</summary>
    public const string Unknown = "unknown";

    /// <summary>It was obsolete before it left.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>Its address gets no letters: it was not sent, or not even created.</summary>
    public const string Suppressed = "suppressed";

    /// <summary>The fate of a letter with this result; null while it is queued.</summary>
    public static string? Find(LetterResult result) =>
        result.State switch
        {
            LetterState.Sent => Accepted,
            LetterState.Failed => Refused,
            LetterState.Unknown => Unknown,
            LetterState.Cancelled => result.Failure == LetterRules.Suppressed ? Suppressed : Cancelled,
            _ => null,
        };

    /// <summary>
    /// The code of a refusal: a status, or a word of this program. Empty for other results.
    /// </summary>
    public static string CodeOf(LetterResult result) => result.State == LetterState.Failed ? result.Failure ?? "" : "";
}
