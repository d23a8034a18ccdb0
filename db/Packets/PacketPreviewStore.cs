using Campaigns.Db.Ledger;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Packets;

/// <summary>
/// Counts what packets would show, without reading a single signer. Stores nothing.
/// </summary>
public sealed class PacketPreviewStore(
    Database database,
    PacketReader reader,
    StaleCauseStore causes,
    IOptions<PacketsOptions> limits,
    IOptions<LedgerOptions> batches
)
{
    // The lines and the signers are those of PacketReader.
    private const string SelectGroups = $$"""
        SELECT e.country, e.removed, s.disclosure AS chosen, max(s.disclosed_at) AS chosen_at, count(*) AS signatures
        FROM ledger_entries e
        LEFT JOIN signatures s
            ON s.campaign_id = e.campaign_id AND s.id = e.signature_id AND {{PacketReader.HasSigner}}
        WHERE e.campaign_id = @campaignId AND e.n >= @from AND {{PacketReader.IsConfirmed}}
        GROUP BY e.country, e.removed, s.disclosure, CASE WHEN s.disclosed_at < @addedAt THEN 0 ELSE 1 END
        """;

    private const string Action = "packet.preview";

    private const string CountPreviews =
        $"SELECT count(*) FROM audit WHERE id >= @from AND staff_id = @StaffId AND action = '{Action}'";

    /// <summary>
    /// Writes a preview to the audit trail. Refused with <c>rate-limited</c> after too many of the
    /// member within an hour.
    /// </summary>
    public Task<Refusal?> RecordAsync(CheckedPacket packet, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            PacketAdmission.LockMember(write, actor.StaffId);
            var from = Ids.First(write.Now - PacketRules.PreviewWindow);
            var made = write.Connection.QuerySingle<long>(CountPreviews, new { from, actor.StaffId });
            if (made >= limits.Value.MostPreviewsPerHour)
                return Refusal.RateLimited;
            actor.Audit(write, Action, packet.Campaign.Slug, detail: packet.Order.Recipient.Key);
            return null;
        });

    /// <summary>
    /// What a packet would show if it was ordered now. Its cut-off is the head that was checked, or
    /// the nearby one that the order would get.
    /// </summary>
    public (CutOff CutOff, PacketPreview Preview) Preview(CheckedPacket packet)
    {
        using var connection = database.Read();
        var campaign = packet.Campaign.Id;
        var cutOff = PacketAdmission.ChooseCutOff(connection, campaign, packet.CutOff, batches.Value.MinBatch);
        var order = packet.Order;
        return (
            cutOff,
            PacketPreview.Compute(
                ReadGroups(campaign, packet.Earlier, cutOff.Size, order.Recipient),
                order.Countries,
                order.Recipient,
                packet.Request.Disclosure
            )
        );
    }

    /// <summary>What changed since a stale packet was built; null for others.</summary>
    public PacketChange? FindChange(Packet packet) =>
        packet is { Status: PacketStatus.Stale, Manifest: { } manifest }
            ? new PacketChange(
                causes.Find(packet),
                PacketCounts.Sum(manifest.Counts.Values),
                reader.FindRecipient(packet) is { } recipient ? PacketCounts.Sum(Rebuilt(packet, recipient)) : null
            )
            : null;

    private IEnumerable<PacketCounts> Rebuilt(Packet packet, Recipient recipient) =>
        PacketPreview
            .Compute(
                ReadGroups(packet.CampaignId, packet.Earlier, packet.CutOff.Size, recipient),
                packet.Countries,
                recipient,
                packet.Disclosure
            )
            .Counts.Values;

    private IEnumerable<SignatureGroup> ReadGroups(
        long campaignId,
        EarlierPacket? earlier,
        long size,
        Recipient recipient
    )
    {
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<GroupRow>(
                    SelectGroups,
                    new
                    {
                        campaignId,
                        from = earlier?.CutOff.Size ?? 0,
                        size,
                        addedAt = recipient.AddedAt.ToUnixTimeMilliseconds(),
                    }
                )
                .Select(row => new SignatureGroup(
                    row.Country,
                    row.Chosen is null ? null : Disclosures.Parse(row.Chosen),
                    row.ChosenAt is { } at ? Instant.FromMilliseconds(at) : null,
                    row.Removed != 0,
                    row.Signatures
                )),
        ];
    }

    private sealed class GroupRow
    {
        public required string Country { get; init; }
        public required long Removed { get; init; }
        public required string? Chosen { get; init; }
        public required long? ChosenAt { get; init; }
        public required long Signatures { get; init; }
    }
}
