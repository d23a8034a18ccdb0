namespace Campaigns.Packets;

/// <summary>
/// One country of a packet: how many were confirmed at the cut-off, and what became of each of
/// them. Nobody is in two of the four groups and nobody in none.
/// </summary>
public sealed record PacketCounts(long Confirmed, long Name, long Initials, long Count, long RemovedSince)
{
    /// <summary>
    /// Signatures in the packet: shown by name, shown by initials, or counted without a name.
    /// </summary>
    public long Signatures => Name + Initials + Count;

    public bool AddUp =>
        Name >= 0 && Initials >= 0 && Count >= 0 && RemovedSince >= 0 && Signatures + RemovedSince == Confirmed;
}
