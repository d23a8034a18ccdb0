namespace Campaigns;

/// <summary>How long a campaign may keep what its signers typed.</summary>
public static class Retention
{
    /// <summary>
    /// The moment personal data are to be erased: that many days after the campaign's work is over,
    /// which is the end of its hand-over day or its closing, whichever is later. Null means not yet
    /// known: no term was set, or people may still sign.
    /// </summary>
    /// <param name="closesAt">The announced closing; where there is none, the moment staff closed
    /// the campaign (null while it is open).</param>
    public static DateTimeOffset? ErasesAt(int? eraseAfterDays, DateOnly? handOverOn, DateTimeOffset? closesAt)
    {
        if (eraseAfterDays is not { } days || closesAt is not { } over)
            return null;
        if (handOverOn is { } day)
        {
            var handedOver = new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            if (handedOver > over)
                over = handedOver;
        }
        return over.AddDays(days);
    }
}
