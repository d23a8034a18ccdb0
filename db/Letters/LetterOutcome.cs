using Campaigns.Letters;

namespace Campaigns.Db.Letters;

/// <summary>The outcome of a claimed letter.</summary>
public sealed record LetterOutcome<TLetter>(TLetter Letter, LetterResult Result)
    where TLetter : IDueLetter;

/// <summary>Makes outcomes.</summary>
public static class LetterOutcome
{
    public static LetterOutcome<TLetter> Sent<TLetter>(TLetter letter)
        where TLetter : IDueLetter => new(letter, new LetterResult(LetterState.Sent));

    public static LetterOutcome<TLetter> Failed<TLetter>(TLetter letter, string failure)
        where TLetter : IDueLetter => new(letter, new LetterResult(LetterState.Failed, failure));

    /// <summary>Returns the letter to the outbox without counting a try.</summary>
    public static LetterOutcome<TLetter> WithoutAttempt<TLetter>(TLetter letter)
        where TLetter : IDueLetter =>
        new(letter, new LetterResult(LetterState.Queued, letter.History.Failure) { Tried = false });
}
