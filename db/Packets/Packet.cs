using Campaigns.Packets;
using Campaigns.Staff;

namespace Campaigns.Db.Packets;

/// <summary>
/// The signatures up to a cut-off for one recipient, with the state of the build.
/// </summary>
public sealed record Packet
{
    public required long Id { get; init; }
    public required long CampaignId { get; init; }

    /// <summary>The recipient's key.</summary>
    public required string Recipient { get; init; }

    /// <summary>In printing order: the campaign's countries, then <c>ZZ</c>.</summary>
    public required IReadOnlyList<string> Countries { get; init; }
    public required Disclosure Disclosure { get; init; }
    public required Disclosure DisclosureAsked { get; init; }
    public required string Locale { get; init; }
    public required bool Csv { get; init; }
    public required bool Xlsx { get; init; }
    public required CutOff CutOff { get; init; }

    /// <summary>The packet that this one supplements; null for none.</summary>
    public required EarlierPacket? Earlier { get; init; }

    /// <summary>
    /// The newest link of the audit trail at the order; null before there was one.
    /// </summary>
    public required AuditHead? Audit { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>The name of the member; null for the operator at the command line.</summary>
    public required string? RequestedBy { get; init; }

    /// <summary>The id of the member; 0 for the operator.</summary>
    public required long RequestedById { get; init; }

    /// <summary>What a second member decided; null where none has to.</summary>
    public required PacketApproval? Approval { get; init; }
    public required string Status { get; init; }

    /// <summary>Printed lines so far and in total; zero while unknown.</summary>
    public required long Done { get; init; }
    public required long Total { get; init; }

    /// <summary>The manifest of the last finished build, also if stale; null before.</summary>
    public required Manifest? Manifest { get; init; }

    /// <summary>The failure word of a failed build.</summary>
    public required string? Failure { get; init; }

    /// <summary>Incremented by every claim. A worker with an older number lost its lease.</summary>
    public required int Attempt { get; init; }
}

internal sealed class ClaimedRow : PacketRow
{
    public required byte[] LineKey { get; init; }
    public required long Removals { get; init; }
}
