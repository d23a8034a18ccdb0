namespace Campaigns;

/// <summary>Computes how long a campaign may store personal data.</summary>
public static class Retention
{
    /// <summary>
    /// When the personal data must be erased: this many days after the hand-over day ends or the
    /// campaign closes, whichever is later. Null means not yet known: no term is set, or the
    /// campaign is still open.
    /// </summary>
    /// <param name="closesAt">The announced closing time. Without one, the time staff closed the
    /// campaign; null while it is open.</param>
    public static DateTimeOffset? ErasesAt(int? eraseAfterDays, DateOnly? handOverOn, DateTimeOffset? closesAt)
    {
        if (eraseAfterDays is not { } days || closesAt is not { } end)
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
