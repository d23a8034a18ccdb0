using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Section <c>Ledger</c>: a batch is sealed when it has <see cref="MinBatch"/> entries or when its
/// oldest entry is <see cref="MaxDelay"/> old. In a sensitive campaign only added signatures count
/// for <see cref="MinBatch"/>, and the age is <see cref="SensitiveMaxDelay"/>.
/// </summary>
public sealed class LedgerOptions
{
    /// <summary>
    /// The sealer shuffles the entries of a batch. The larger the batch, the less a line's position
    /// reveals about the time of confirmation.
    /// </summary>
    [Range(1, 100_000)]
    public int MinBatch { get; set; } = 20;

    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A small batch of a sensitive campaign waits that long, because it would tell when a person
    /// signed or left.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "7.00:00:00")]
    public TimeSpan SensitiveMaxDelay { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// When a small batch of a sensitive campaign is sealed. From a delay of an hour on it is a
    /// full hour, because the minute would be the one in which its oldest entry was made.
    /// </summary>
    public DateTimeOffset SensitiveEnd(DateTimeOffset oldest)
    {
        var hour = TimeSpan.FromHours(1);
        var end = oldest + SensitiveMaxDelay;
        return SensitiveMaxDelay < hour || end == end.FullHour() ? end : end.FullHour() + hour;
    }
}
