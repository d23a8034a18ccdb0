namespace Campaigns.Packets;

/// <summary>
/// The cut-off: the size of the ledger the packet was built from, and the root of the tree at that
/// size.
/// </summary>
public sealed record CutOff(long Size, string Root);
