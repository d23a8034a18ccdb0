using System.Text;
using Campaigns.Db.Campaigns;
using Campaigns.Packets;

namespace Campaigns.Db.Packets;

public static class PacketStatus
{
    public const string Queued = "queued";
    public const string Building = "building";
    public const string Ready = "ready";
    public const string Failed = "failed";

    /// <summary>
    /// A signer withdrew or lowered the disclosure: the file and its key are deleted, the manifest
    /// stays.
    /// </summary>
    public const string Stale = "stale";
}

/// <summary>
/// A request by staff. Null countries mean all countries of the recipient; a null cut-off means the
/// newest head.
/// </summary>
public sealed record PacketRequest(
    string Recipient,
    IReadOnlyList<string>? Countries,
    Disclosure Disclosure,
    string Locale,
    long? CutOff,
    bool Csv
);

/// <summary>
/// A request that fits its campaign. <c>Countries</c> are those of the packet, in printing order.
/// </summary>
public sealed record CheckedPacket(
    Campaign Campaign,
    Recipient Recipient,
    PacketRequest Request,
    IReadOnlyList<string> Countries,
    CutOff CutOff
);

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
    public required CutOff CutOff { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
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

internal class PacketRow
{
    public const string Columns = """
        p.id, p.campaign_id, p.recipient_key, p.countries, p.disclosure, p.disclosure_asked, p.locale, p.include_csv,
        p.cut_off_size, p.cut_off_root, p.requested_at, p.status, p.done, p.total, p.manifest, p.failure, p.attempt
        """;

    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required string RecipientKey { get; init; }
    public required string Countries { get; init; }
    public required string Disclosure { get; init; }
    public required string DisclosureAsked { get; init; }
    public required string Locale { get; init; }
    public required long IncludeCsv { get; init; }
    public required long CutOffSize { get; init; }
    public required string CutOffRoot { get; init; }
    public required long RequestedAt { get; init; }
    public required string Status { get; init; }
    public required long Done { get; init; }
    public required long Total { get; init; }
    public required string? Manifest { get; init; }
    public required string? Failure { get; init; }
    public required long Attempt { get; init; }

    public Packet ToPacket() =>
        new()
        {
            Id = Id,
            CampaignId = CampaignId,
            Recipient = RecipientKey,
            Countries = Lists.Read(Countries)!,
            Disclosure = Disclosures.Parse(Disclosure),
            DisclosureAsked = Disclosures.Parse(DisclosureAsked),
            Locale = Locale,
            Csv = IncludeCsv != 0,
            CutOff = new CutOff(CutOffSize, CutOffRoot),
            RequestedAt = Instant.FromMilliseconds(RequestedAt),
            Status = Status,
            Done = Done,
            Total = Total,
            Manifest = Manifest is null
                ? null
                : global::Campaigns.Packets.Manifest.Parse(Encoding.UTF8.GetBytes(Manifest)),
            Failure = Failure,
            Attempt = (int)Attempt,
        };
}

internal sealed class ClaimedRow : PacketRow
{
    public required byte[] LineKey { get; init; }
    public required long Removals { get; init; }
}
