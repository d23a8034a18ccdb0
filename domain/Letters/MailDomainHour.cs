namespace Campaigns.Letters;

/// <summary>
/// The places for letters to one mail domain: so many an hour. Letters past them wait for a place
/// in the hours that follow, in the order in which they came.
/// </summary>
/// <param name="From">When the newest hour with a used place begins.</param>
/// <param name="Letters">The places used in that hour and, past the limit, those that the next
/// hours owe.</param>
public readonly record struct MailDomainHour(DateTimeOffset From, long Letters)
{
    public static readonly TimeSpan Length = TimeSpan.FromHours(1);

    /// <summary>How long a domain that staff marked as genuine is not bounded.</summary>
    public static readonly TimeSpan GenuineFor = TimeSpan.FromDays(30);

    /// <summary>
    /// When the letter with this number in the hour may leave; null for now. Letters that wait are
    /// spread over their hour.
    /// </summary>
    /// <param name="number">From 0.</param>
    /// <param name="limit">The places of an hour.</param>
    /// <param name="now">The current time.</param>
    public DateTimeOffset? TurnOf(long number, int limit, DateTimeOffset now)
    {
        var hour = number / limit;
        if (hour == 0 && From <= now)
            return null;
        var turn = From + (hour * Length) + (number % limit * (Length / limit));
        return turn <= now ? null : turn;
    }

    /// <summary>The newest hour with a used place.</summary>
    public MailDomainHour Newest(int limit)
    {
        var hours = Math.Max(0, Letters - 1) / limit;
        return new(From + (hours * Length), Letters - (hours * limit));
    }

    /// <summary>
    /// True if a letter needs a place before it leaves: at its first claim, and when it left its
    /// place unused for an hour because nothing could be sent.
    /// </summary>
    /// <param name="attempt">How often it was claimed, this time included.</param>
    /// <param name="tries">How often it was tried.</param>
    /// <param name="turnAt">When its place began; null if it did not wait.</param>
    /// <param name="now">The current time.</param>
    public static bool IsNeeded(long attempt, long tries, DateTimeOffset? turnAt, DateTimeOffset now) =>
        attempt == 1 || (tries == 0 && turnAt <= now - Length);
}
