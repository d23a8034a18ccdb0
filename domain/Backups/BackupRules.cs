namespace Campaigns.Backups;

/// <summary>When a scheduled backup is due, and which old ones are deleted.</summary>
public static class BackupRules
{
    /// <summary>From a failed attempt to the next.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(10);

    /// <summary>
    /// A date in the future is from a clock that was ahead. Waiting for it could take years, and
    /// one backup too many costs little.
    /// </summary>
    /// <param name="last">The last attempt; null before the first.</param>
    /// <param name="every">The setting.</param>
    /// <param name="now">The time.</param>
    public static bool IsDue(BackupAttempt? last, TimeSpan every, DateTimeOffset now) =>
        last is null
        || last.AttemptedAt > now
        || now - last.AttemptedAt >= (last.Failure is null || every < RetryAfter ? every : RetryAfter);

    /// <summary>
    /// The numbers of the backups to delete, of all that are there. Numbers grow with each backup,
    /// so that a wrong clock does not make a new one seem old.
    /// </summary>
    public static IReadOnlyList<long> Surplus(IEnumerable<long> numbers, int keep) =>
        [.. numbers.OrderDescending().Skip(keep)];
}
