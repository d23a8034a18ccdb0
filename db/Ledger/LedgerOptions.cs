using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db.Ledger;

/// <summary>
/// Section <c>Ledger</c>: a batch is sealed at that many entries or that age of the oldest,
/// whichever comes first.
/// </summary>
public sealed class LedgerOptions
{
    /// <summary>
    /// Entries of a batch are shuffled: the larger it is, the less a line's place tells about when
    /// somebody confirmed.
    /// </summary>
    [Range(1, 100_000)]
    public int MinBatch { get; set; } = 20;

    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(1);
}
