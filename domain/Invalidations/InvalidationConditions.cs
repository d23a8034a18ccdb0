using Campaigns.Signatures;

namespace Campaigns.Invalidations;

/// <summary>
/// Which signatures a bulk invalidation covers: those that meet every condition. Null is no
/// condition.
/// </summary>
public sealed record InvalidationConditions
{
    public IReadOnlyList<string>? Countries { get; init; }

    /// <summary>Signed at this instant or later.</summary>
    public DateTimeOffset? SignedFrom { get; init; }

    /// <summary>Signed before this instant.</summary>
    public DateTimeOffset? SignedTo { get; init; }

    /// <summary>Some of <see cref="PossibleStates"/>.</summary>
    public IReadOnlyList<string>? States { get; init; }
    public long? Wave { get; init; }

    /// <summary>The domain of the address in lower-case ASCII, without its sub-domains.</summary>
    public string? MailDomain { get; init; }

    /// <summary>On hold for this reason.</summary>
    public string? HoldReason { get; init; }

    /// <summary>The states of signatures that can be invalidated.</summary>
    public static IReadOnlyList<string> PossibleStates { get; } =
        SignatureLifecycle.StatesChangedBy(SignatureAct.BulkInvalidate);

    /// <summary>True without any condition, which would cover the whole campaign.</summary>
    public bool IsEmpty => this == new InvalidationConditions();

    /// <summary>
    /// True if a signature meets the conditions, apart from the mail domain, which only its
    /// decrypted address tells. Only signatures as they were when they were counted are covered:
    /// one that was signed again, confirmed into the states or restored since is a new decision.
    /// </summary>
    public bool Covers(CoveredSignature signature, DateTimeOffset countedFrom) =>
        SignatureLifecycle.Find(signature.Phase, SignatureAct.BulkInvalidate).ChangesRow
        && signature.SignedAt <= countedFrom
        && (signature.RestoredAt ?? countedFrom) <= countedFrom
        && (Countries is null || Countries.Contains(signature.Country))
        && (SignedFrom is null || signature.SignedAt >= SignedFrom)
        && (SignedTo is null || signature.SignedAt < SignedTo)
        && (States is null || IsIn(States, signature, countedFrom))
        && (Wave is null || signature.Wave == Wave)
        && (HoldReason is null || signature.HoldReason == HoldReason);

    // A signature that was pending at the count is covered only if pending was asked for.
    private static bool IsIn(
        IReadOnlyList<string> states,
        CoveredSignature signature,
        DateTimeOffset countedFrom
    ) =>
        states.Contains(signature.Phase.State())
        && (states.Contains(SignatureState.Pending) || signature.ConfirmedAt <= countedFrom);
}
