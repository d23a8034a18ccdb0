using System.Text;
using Campaigns.Packets;
using Campaigns.Staff;

namespace Campaigns.Db.Packets;

internal class PacketRow
{
    public const string Columns = """
        p.id, p.campaign_id, p.recipient_key, p.countries, p.disclosure, p.disclosure_asked, p.locale, p.include_csv,
        p.include_xlsx, p.cut_off_size, p.cut_off_root, p.requested_at, p.status, p.done, p.total, p.manifest,
        p.failure, p.attempt, p.since_packet, p.since_size, p.since_root, p.audit_size,
        p.audit_hash, p.approval, p.decided_at, p.decline_reason,
        p.requested_by AS requested_by_id, (SELECT name FROM staff WHERE id = p.requested_by) AS requested_by,
        (SELECT name FROM staff WHERE id = p.decided_by) AS decided_by
        """;

    public required long Id { get; init; }
    public required long CampaignId { get; init; }
    public required string RecipientKey { get; init; }
    public required IReadOnlyList<string> Countries { get; init; }
    public required Disclosure Disclosure { get; init; }
    public required Disclosure DisclosureAsked { get; init; }
    public required string Locale { get; init; }
    public required bool IncludeCsv { get; init; }
    public required bool IncludeXlsx { get; init; }
    public required long CutOffSize { get; init; }
    public required string CutOffRoot { get; init; }
    public required long? SincePacket { get; init; }
    public required long? SinceSize { get; init; }
    public required string? SinceRoot { get; init; }
    public required long? AuditSize { get; init; }
    public required string? AuditHash { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public required long RequestedById { get; init; }
    public required string? RequestedBy { get; init; }
    public required string? Approval { get; init; }
    public required DateTimeOffset? DecidedAt { get; init; }
    public required string? DecidedBy { get; init; }
    public required string? DeclineReason { get; init; }
    public required string Status { get; init; }
    public required long Done { get; init; }
    public required long Total { get; init; }
    public required string? Manifest { get; init; }
    public required string? Failure { get; init; }
    public required int Attempt { get; init; }

    public Packet ToPacket() =>
        new()
        {
            Id = Id,
            CampaignId = CampaignId,
            Recipient = RecipientKey,
            Countries = Countries,
            Disclosure = Disclosure,
            DisclosureAsked = DisclosureAsked,
            Locale = Locale,
            Csv = IncludeCsv,
            Xlsx = IncludeXlsx,
            CutOff = new CutOff(CutOffSize, CutOffRoot),
            Earlier = SincePacket is { } since
                ? new EarlierPacket(Ids.Text(since), new CutOff(SinceSize!.Value, SinceRoot!))
                : null,
            Audit = AuditSize is { } size ? new AuditHead(size, AuditHash!) : null,
            RequestedAt = RequestedAt,
            RequestedById = RequestedById,
            RequestedBy = RequestedBy,
            Approval = Approval is null ? null : new PacketApproval(Approval, DecidedBy, DecidedAt, DeclineReason),
            Status = Status,
            Done = Done,
            Total = Total,
            Manifest = Manifest is null
                ? null
                : global::Campaigns.Packets.Manifest.Parse(Encoding.UTF8.GetBytes(Manifest)),
            Failure = Failure,
            Attempt = Attempt,
        };
}
