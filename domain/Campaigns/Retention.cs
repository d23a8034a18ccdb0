namespace Campaigns;

/// <summary>Computes how long a campaign may store personal data.</summary>
public static class Retention
{
    /// <summary>
    /// When signing ends or ended: the announced closing time. Without one, the time staff closed
    /// the campaign; null while it is open.
    /// </summary>
    /// <param name="state">The state of the campaign.</param>
    /// <param name="closesAt">The announced closing time.</param>
    /// <param name="closedAt">When staff last closed the campaign.</param>
    public static DateTimeOffset? SigningEnds(string state, DateTimeOffset? closesAt, DateTimeOffset? closedAt) =>
        closesAt ?? (CampaignLifecycle.Find(state, CampaignAct.BeginTerm).IsAllowed ? closedAt : null);

    /// <summary>
    /// True if personal data must be erased now. Staff may reopen a campaign; signatures after an
    /// erasure have a new term.
    /// </summary>
    /// <param name="erasesAt">The result of <see cref="ErasesAt"/>.</param>
    /// <param name="erasedAt">When all personal data was last erased.</param>
    /// <param name="now">The current time.</param>
    public static bool IsDue(DateTimeOffset? erasesAt, DateTimeOffset? erasedAt, DateTimeOffset now) =>
        erasesAt <= now && (erasedAt is null || erasedAt < erasesAt);

    /// <summary>
    /// When the personal data must be erased: this many days after the hand-over day ends or the
    /// campaign closes, whichever is later. Null means not yet known: no term is set, or the
    /// campaign is still open.
    /// </summary>
    /// <param name="eraseAfterDays">The term of the campaign.</param>
    /// <param name="handOverOn">The day of the hand-over, if there is one.</param>
    /// <param name="signingEnds">The result of <see cref="SigningEnds"/>.</param>
    public static DateTimeOffset? ErasesAt(int? eraseAfterDays, DateOnly? handOverOn, DateTimeOffset? signingEnds)
    {
        if (eraseAfterDays is not { } days || signingEnds is not { } end)
            return null;
        if (handOverOn is { } day)
        {
            var handedOver = new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            if (handedOver > end)
                end = handedOver;
        }
        return end.AddDays(days);
    }
}
