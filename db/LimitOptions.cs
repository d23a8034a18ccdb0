using System.ComponentModel.DataAnnotations;

namespace Campaigns.Db;

/// <summary>
/// Section <c>Limits</c>: limits against abuse. A network is an IPv4 address or the /64 of an IPv6
/// address.
/// </summary>
public sealed class LimitOptions
{
    /// <summary>False only for load tests.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Signatures per network and hour; further ones are put on hold for review by staff.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int HoldAfterPerNetworkPerHour { get; set; } = 1000;

    /// <summary>Signing requests per network and hour; further ones are refused (429).</summary>
    [Range(1, int.MaxValue)]
    public int RefuseSigningPerNetworkPerHour { get; set; } = 10_000;

    /// <summary>
    /// Other requests per network and minute (confirmations, manage links, the signer's own pages);
    /// further ones are refused.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int RefuseOtherPerNetworkPerMinute { get; set; } = 3000;

    /// <summary>Requests without a valid staff token per network and minute.</summary>
    [Range(1, int.MaxValue)]
    public int RefuseStaffFailuresPerNetworkPerMinute { get; set; } = 300;

    /// <summary>Open count streams per network.</summary>
    [Range(1, int.MaxValue)]
    public int StreamsPerNetwork { get; set; } = 200;

    /// <summary>Letters per address and campaign in seven days.</summary>
    [Range(1, 100)]
    public int LettersPerAddressPerWeek { get; set; } = 5;

    /// <summary>
    /// Letters per mailbox over all campaigns in an hour. Addresses that differ in a tag, or at
    /// some providers in dots, are of one mailbox.
    /// </summary>
    [Range(1, 1000)]
    public int LettersPerMailboxPerHour { get; set; } = 3;

    /// <summary>Letters per mailbox over all campaigns in a day.</summary>
    [Range(1, 1000)]
    public int LettersPerMailboxPerDay { get; set; } = 10;

    /// <summary>
    /// Signatures of a campaign per mailbox; further ones are put on hold for review by staff.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int HoldAfterPerMailbox { get; set; } = 5;

    /// <summary>
    /// Letters per domain of recipients and hour; further ones leave in later hours. Large
    /// providers, and domains that staff marked as genuine, are not bounded.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int LettersPerMailDomainPerHour { get; set; } = 1000;
}
