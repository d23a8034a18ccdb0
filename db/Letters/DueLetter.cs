using Campaigns.Db.Signatures;
using Campaigns.Signatures;

namespace Campaigns.Db.Letters;

/// <summary>
/// A claimed letter and the data needed to write it. Its link tokens are of the generations that
/// are valid now.
/// </summary>
public sealed record DueLetter
{
    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required long SignatureId { get; init; }
    public required string Kind { get; init; }
    public required string Locale { get; init; }
    public required long Generation { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required int Tries { get; init; }

    /// <summary>Why the last try failed; null before the first.</summary>
    public required string? Failure { get; init; }
    public required long Attempt { get; init; }

    /// <summary>
    /// The reason not to send this letter any more, in a word; null if it is to be sent.
    /// </summary>
    public required string? Obsolete { get; init; }

    /// <summary>
    /// The address as typed; null if the letter is <see cref="Obsolete"/> or no key decrypts the
    /// address.
    /// </summary>
    public required string? Email { get; init; }
    public required string Organisation { get; init; }

    /// <summary>The title of the signed text, in <see cref="TitleLocale"/>.</summary>
    public required string Title { get; init; }
    public required string TitleLocale { get; init; }
    public required string ConfirmToken { get; init; }
    public required string ManageToken { get; init; }
    public required string NotMeToken { get; init; }
}

/// <summary>A letter that failed or whose outcome is unknown, as staff see it.</summary>
public sealed record FailedLetter
{
    public required long Id { get; init; }
    public required string Kind { get; init; }

    /// <summary>
    /// <c>failed</c>, or <c>unknown</c> if the server never replied whether it accepted the letter.
    /// </summary>
    public required string State { get; init; }

    /// <summary>
    /// An SMTP status such as <c>5.1.1</c>, or a failure word of this program.
    /// </summary>
    public required string? Failure { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required int Tries { get; init; }
}

public sealed record LetterCount
{
    public required string Kind { get; init; }
    public required string State { get; init; }
    public required long Letters { get; init; }
}

/// <summary>The states of a letter, as the database stores them.</summary>
public static class LetterState
{
    public const string Queued = "queued";
    public const string Sent = "sent";
    public const string Failed = "failed";
    public const string Unknown = "unknown";
    public const string Cancelled = "cancelled";
}

/// <summary>The outcome of a claimed letter.</summary>
public sealed record LetterOutcome
{
    private LetterOutcome(DueLetter letter, string state) => (Letter, State) = (letter, state);

    public DueLetter Letter { get; }
    public string State { get; }
    public string? Failure { get; private init; }

    /// <summary>True if the outcome counts as a try.</summary>
    public bool Tried { get; private init; } = true;

    /// <summary>When to try again; null leaves the due time unchanged.</summary>
    public DateTimeOffset? DueAt { get; private init; }

    /// <summary>
    /// The mailbox does not exist: letters of this campaign to the address are suppressed for 90
    /// days.
    /// </summary>
    public bool NoSuchMailbox { get; private init; }

    public static LetterOutcome Sent(DueLetter letter) => new(letter, LetterState.Sent);

    public static LetterOutcome Failed(DueLetter letter, string failure, bool noSuchMailbox = false) =>
        new(letter, LetterState.Failed) { Failure = failure, NoSuchMailbox = noSuchMailbox };

    public static LetterOutcome Unknown(DueLetter letter, string failure) =>
        new(letter, LetterState.Unknown) { Failure = failure };

    public static LetterOutcome Retry(DueLetter letter, string failure, DateTimeOffset dueAt) =>
        new(letter, LetterState.Queued) { Failure = failure, DueAt = dueAt };

    /// <summary>Returns the letter to the outbox without counting a try.</summary>
    public static LetterOutcome WithoutAttempt(DueLetter letter) =>
        new(letter, LetterState.Queued) { Failure = letter.Failure, Tried = false };

    public static LetterOutcome Cancelled(DueLetter letter, string why) =>
        new(letter, LetterState.Cancelled) { Failure = why, Tried = false };
}

/// <summary>A claimed letter joined with the current row of its signature.</summary>
internal sealed class DueLetterRow
{
    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required long SignatureId { get; init; }
    public required string Kind { get; init; }
    public required string Locale { get; init; }
    public required long Generation { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required int Tries { get; init; }
    public required string? Failure { get; init; }
    public required long Attempt { get; init; }

    /// <summary>The state of the signature; null if its row is missing.</summary>
    public required string? State { get; init; }
    public required byte[]? Contact { get; init; }
    public required long ConfirmGeneration { get; init; }
    public required long ManageGeneration { get; init; }
    public required long NotMeGeneration { get; init; }
    public required string Organisation { get; init; }
    public required string? Title { get; init; }
    public required string? TitleLocale { get; init; }
    public required long Suppressed { get; init; }

    /// <summary>
    /// Decided from the current signature, because a letter may leave long after it was queued.
    /// </summary>
    public string? Obsolete =>
        this switch
        {
            { Contact: null } => "gone",
            { Suppressed: > 0 } => "suppressed",
            { Kind: LetterKind.Confirm, State: not SignatureState.Pending } => "not-pending",
            { State: not (SignatureState.Pending or SignatureState.Confirmed) } => "not-standing",
            _ when Generation != (Kind == LetterKind.Confirm ? ConfirmGeneration : ManageGeneration) => "superseded",
            _ => null,
        };
}
