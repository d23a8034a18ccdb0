namespace Campaigns.Packets;

/// <summary>The statuses of a packet, spelled as in the database and the contract.</summary>
public static class PacketStatus
{
    public const string Queued = "queued";

    /// <summary>It may show people to a recipient of high risk: a second member decides.</summary>
    public const string AwaitingApproval = "awaiting-approval";

    /// <summary>A second member decided against it: it is never built.</summary>
    public const string Declined = "declined";
    public const string Building = "building";
    public const string Ready = "ready";
    public const string Failed = "failed";

    /// <summary>
    /// A signer withdrew or lowered the disclosure: the file and its key are deleted, the manifest
    /// stays.
    /// </summary>
    public const string Stale = "stale";

    /// <summary>
    /// The file was deleted because it was old: the record and the manifest stay.
    /// </summary>
    public const string Ended = "ended";

    public static IReadOnlyList<string> All { get; } =
    [AwaitingApproval, Declined, Queued, Building, Ready, Failed, Stale, Ended];
}
