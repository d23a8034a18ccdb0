using Campaigns.Crypto;
using Campaigns.Letters;

namespace Campaigns.Db.Letters;

/// <summary>
/// A claimed letter and the data needed to write it. Its link tokens are of the generations that
/// are valid now.
/// </summary>
public sealed record DueLetter : IDueLetter
{
    public required long Id { get; init; }
    public required long CampaignId { get; init; }

    /// <summary>Null for a letter to a subscriber.</summary>
    public required long? SignatureId { get; init; }

    /// <summary>Null for a letter about a signature.</summary>
    public long? SubscriberId { get; init; }
    public required string Kind { get; init; }
    public required string Locale { get; init; }
    public required long Generation { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required int Tries { get; init; }

    /// <summary>When it could leave, if it waited for its mail domain; otherwise null.</summary>
    public required DateTimeOffset? TurnAt { get; init; }

    /// <summary>Why the last try failed; null before the first.</summary>
    public required string? Failure { get; init; }
    public required long Attempt { get; init; }

    /// <summary>True if it was sent before, came back, and staff send it once more.</summary>
    public required bool WasSent { get; init; }

    public required string? Obsolete { get; init; }

    public required string? Email { get; init; }

    /// <summary>True if this letter tries a mailbox once more that was missing.</summary>
    public required bool IsRetry { get; init; }
    public required string Organisation { get; init; }

    /// <summary>True for a letter of a sensitive campaign.</summary>
    public required bool Sensitive { get; init; }

    /// <summary>Its name for mail servers and mailboxes, which reveals nothing of the id.</summary>
    public required string Name { get; init; }

    /// <summary>Its tag in the envelope sender, for reports of the letter.</summary>
    public required Func<string> Tag { get; init; }

    /// <summary>The title of the signed text, in <see cref="TitleLocale"/>.</summary>
    public required string Title { get; init; }
    public required string TitleLocale { get; init; }

    /// <summary>
    /// The token of what the letter is about: to confirm, to subscribe, or to manage a signature.
    /// </summary>
    public required string Token { get; init; }

    /// <summary>
    /// For a letter that asks for a confirmation, the token to say that the owner did not sign.
    /// </summary>
    public required string NotMeToken { get; init; }

    public LetterHistory History => new(TurnAt ?? CreatedAt, Tries, Failure);
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

/// <summary>A claimed letter joined with the current row of its signature or subscriber.</summary>
internal sealed class DueLetterRow
{
    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required long? SignatureId { get; init; }
    public required long? SubscriberId { get; init; }
    public required string Kind { get; init; }
    public required string Locale { get; init; }
    public required long Generation { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset? TurnAt { get; init; }
    public required int Tries { get; init; }
    public required string? Failure { get; init; }
    public required long Attempt { get; init; }
    public required bool WasSent { get; init; }

    /// <summary>The state of the signature; null if its row is missing.</summary>
    public required string? State { get; init; }
    public required byte[]? Contact { get; init; }
    public required byte[]? BlindIndex { get; init; }
    public required int? IndexVersion { get; init; }
    public required long? ConfirmGeneration { get; init; }
    public required long? ManageGeneration { get; init; }
    public required long? NotMeGeneration { get; init; }
    public required string Organisation { get; init; }
    public required bool Sensitive { get; init; }
    public required string? Title { get; init; }
    public required string? TitleLocale { get; init; }

    /// <summary>True if the address gets no letters.</summary>
    public required bool Suppressed { get; init; }

    /// <summary>True if this letter tries a mailbox once more that was missing.</summary>
    public required bool IsRetry { get; init; }

    public required string? SubscriberState { get; init; }
    public required byte[]? SubscriberAddress { get; init; }
    public required long? SubscriberGeneration { get; init; }

    /// <summary>Null once the address may sign as a new row.</summary>
    public IndexedAddress? Address => BlindIndex is null ? null : new(IndexVersion!.Value, BlindIndex);

    /// <summary>Decided from the current signature or subscriber.</summary>
    /// <param name="isSuppressed">True if the address gets no letters of the campaign.</param>
    public string? Obsolete(bool isSuppressed) =>
        SubscriberId is null
            ? LetterRules.Obsolete(
                Kind,
                State,
                hasAddress: Contact is not null,
                isSuppressed,
                hasNewestLink: Generation == (Kind == LetterKind.Confirm ? ConfirmGeneration : ManageGeneration)
            )
            : LetterRules.ObsoleteSubscription(
                SubscriberState,
                isSuppressed,
                hasNewestLink: Generation == SubscriberGeneration
            );
}
