using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Section <c>Ledger</c>: a batch is sealed when it has <see cref="MinBatch"/> entries or when its
/// oldest entry is <see cref="MaxDelay"/> old.
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
}
