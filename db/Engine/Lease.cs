namespace Campaigns.Db.Engine;

/// <summary>
/// A claim with an end: on a letter, a packet or a writer number. The owner renews it while it
/// works. After its end, and an allowance for clocks that differ, another process may claim the
/// row. Rows of letters and packets also count their claims (<c>attempt</c>): a process whose lease
/// ended changes nothing, because its attempt is no longer the newest.
/// </summary>
/// <param name="Until">The end of a lease that is claimed or renewed now, in milliseconds.</param>
/// <param name="Free">Leases that ended at this time or before may be taken over.</param>
public readonly record struct Lease(long Until, long Free)
{
    /// <summary>How long a claim lasts without renewal.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The condition for a row that may be claimed; <c>@free</c> is <see cref="Free"/>.
    /// </summary>
    internal const string IsFree = "(lease_until IS NULL OR lease_until <= @free)";

    /// <summary>Ends a lease that its owner needs no longer.</summary>
    internal const string End = "lease_until = NULL, lease_owner = NULL";

    internal static Lease At(DateTimeOffset now, TimeSpan clockSkewAllowance) =>
        new((now + Duration).ToUnixTimeMilliseconds(), (now - clockSkewAllowance).ToUnixTimeMilliseconds());
}
