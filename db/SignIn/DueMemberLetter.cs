using Campaigns.Db.Letters;
using Campaigns.Letters;

namespace Campaigns.Db.SignIn;

/// <summary>A claimed letter to a member and the data needed to write it.</summary>
public sealed record DueMemberLetter : IDueLetter
{
    public required long Id { get; init; }

    /// <summary>One of <see cref="MemberLetterKind"/>.</summary>
    public required string Kind { get; init; }
    public required string Locale { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required int Tries { get; init; }

    /// <summary>Why the last try failed; null before the first.</summary>
    public required string? Failure { get; init; }
    public required long Attempt { get; init; }

    public required string? Obsolete { get; init; }

    public required string? Email { get; init; }

    /// <summary>The secret of its link; null for a letter without one.</summary>
    public required string? Token { get; init; }

    /// <summary>
    /// For a reminder the path of the hand-over's screen; null for other letters.
    /// </summary>
    public required string? Screen { get; init; }

    /// <summary>For a test the update; null for other letters.</summary>
    public required long? UpdateId { get; init; }

    /// <summary>For a reminder the last day of the answer; null for other letters.</summary>
    public required DateOnly? AnswerDue { get; init; }

    /// <summary>Its name for mail servers and mailboxes, which reveals nothing of the id.</summary>
    public required string Name { get; init; }

    /// <summary>Its tag in the envelope sender, for reports of the letter.</summary>
    public required Func<string> Tag { get; init; }

    public LetterHistory History => new(CreatedAt, Tries, Failure);
}
