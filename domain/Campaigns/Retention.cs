namespace Campaigns;

/// <summary>
/// How long a campaign may store personal data: the term that a sign form promises, from the dates
/// of the campaign.
/// </summary>
/// <param name="EraseAfterDays">The days after the hand-over or the end of signing, whichever is
/// later; null when nothing is promised.</param>
/// <param name="HandOverOn">The day of the hand-over, if there is one.</param>
/// <param name="ClosesAt">The announced closing time, if there is one.</param>
/// <param name="ClosedAt">When staff last closed the campaign; null while it is open.</param>
public sealed record Retention(
    int? EraseAfterDays,
    DateOnly? HandOverOn,
    DateTimeOffset? ClosesAt,
    DateTimeOffset? ClosedAt
)
{
    /// <summary>
    /// Staff cannot bring an erasure closer than this, so that an edit cannot erase a campaign
    /// before its packets are made.
    /// </summary>
    public static readonly TimeSpan Notice = TimeSpan.FromDays(30);

    /// <summary>
    /// The term of a campaign in that state. An open campaign has no closing, also if staff closed
    /// it before.
    /// </summary>
    public static Retention Of(
        string state,
        int? eraseAfterDays,
        DateOnly? handOverOn,
        DateTimeOffset? closesAt,
        DateTimeOffset? closedAt
    ) =>
        new(
            eraseAfterDays,
            handOverOn,
            closesAt,
            CampaignLifecycle.Find(state, CampaignAct.BeginTerm).IsAllowed ? closedAt : null
        );

    /// <summary>
    /// When the personal data must be erased. Null means not yet known: nothing is promised, or the
    /// campaign is open without a closing time. Without an announced closing time the term is at
    /// least <see cref="Notice"/> from the moment when staff closed the campaign.
    /// </summary>
    public DateTimeOffset? ErasesAt =>
        EraseAfterDays is null ? null
        : ClosesAt is { } closes ? After(closes)
        : ClosedAt is { } closed ? Later(After(closed), closed + Notice)
        : null;

    /// <summary>
    /// The latest erasure that the form shows to a person who signs now; null when nothing is
    /// promised. Later changes of the campaign do not move it for that person.
    /// </summary>
    /// <param name="now">The current time.</param>
    public DateTimeOffset? PromisedAt(DateTimeOffset now) =>
        EraseAfterDays is null ? null
        : ErasesAt is { } known ? known
        : HandedOver > now ? After(now)
        : Later(After(now), now + Notice);

    /// <summary>
    /// True if personal data must be erased now. Staff may reopen a campaign; signatures after an
    /// erasure have a new term.
    /// </summary>
    /// <param name="erasedAt">When all personal data was last erased.</param>
    /// <param name="now">The current time.</param>
    public bool IsDue(DateTimeOffset? erasedAt, DateTimeOffset now) =>
        ErasesAt <= now && (erasedAt is null || erasedAt < ErasesAt);

    // The end of the day of the hand-over.
    private DateTimeOffset? HandedOver =>
        HandOverOn is { } day ? new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero) : null;

    private DateTimeOffset After(DateTimeOffset end) =>
        Later(end, HandedOver ?? end).AddDays(EraseAfterDays.GetValueOrDefault());

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
