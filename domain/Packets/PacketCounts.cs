namespace Campaigns.Packets;

/// <summary>
/// The counts of one country in a packet: signatures confirmed at the cut-off, partitioned into the
/// other four groups.
/// </summary>
public sealed record PacketCounts(long Confirmed, long Name, long Initials, long Count, long RemovedSince)
{
    /// <summary>
    /// The signatures in the packet: shown by name, shown by initials, or only counted.
    /// </summary>
    public long Signatures => Name + Initials + Count;

    /// <summary>The signatures with a line of their own.</summary>
    public long Printed => Name + Initials;

    /// <summary>The counts of several countries together.</summary>
    public static PacketCounts Sum(IEnumerable<PacketCounts> counts) =>
        counts.Aggregate(
            new PacketCounts(0, 0, 0, 0, 0),
            (sum, one) =>
                new PacketCounts(
                    sum.Confirmed + one.Confirmed,
                    sum.Name + one.Name,
                    sum.Initials + one.Initials,
                    sum.Count + one.Count,
                    sum.RemovedSince + one.RemovedSince
                )
        );

    public bool AddUp =>
        Name >= 0 && Initials >= 0 && Count >= 0 && RemovedSince >= 0 && Signatures + RemovedSince == Confirmed;
}
