namespace Campaigns.Signatures;

/// <summary>Which finished packets become stale.</summary>
public enum StalePackets
{
    None,

    /// <summary>The packets with the line of this signature, if it has one.</summary>
    WithLine,

    /// <summary>All packets of the campaign.</summary>
    All,
}
