using Campaigns.Letters;

namespace Campaigns.Db.Letters;

/// <summary>The outcome of a claimed letter.</summary>
public sealed record LetterOutcome(DueLetter Letter, LetterResult Result)
{
    public static LetterOutcome Sent(DueLetter letter) => new(letter, new LetterResult(LetterState.Sent));

    public static LetterOutcome Failed(DueLetter letter, string failure, bool noSuchMailbox = false) =>
        new(letter, new LetterResult(LetterState.Failed, failure) { NoSuchMailbox = noSuchMailbox });

    /// <summary>Returns the letter to the outbox without counting a try.</summary>
    public static LetterOutcome WithoutAttempt(DueLetter letter) =>
        new(letter, new LetterResult(LetterState.Queued, letter.Failure) { Tried = false });
}
