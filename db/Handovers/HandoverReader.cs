using System.Data.Common;
using System.Globalization;
using Campaigns.Db.Engine;
using Campaigns.Handovers;
using Dapper;

namespace Campaigns.Db.Handovers;

/// <summary>Reads hand-overs with their packets, attempts and answers.</summary>
public sealed class HandoverReader(Database database, HandoverEncryption encryption)
{
    internal const string TimeFormat = "HH:mm";

    private const string Select = """
        SELECT id, campaign_id, version, recipient_key, occasion, planned_on, planned_time, is_public, created_at,
               cancelled_at, place, delegation, note
        FROM handovers
        """;

    private const string SelectPackets = """
        SELECT handover_id, packet_id FROM handover_packets WHERE handover_id IN {=ids} ORDER BY handover_id, position
        """;

    private const string SelectAttempts = """
        SELECT id, handover_id, number, on_day, outcome, packets, recorded_at, corrected_at, place, carried_by,
               reference, note
        FROM handover_attempts WHERE handover_id IN {=ids} ORDER BY handover_id, number
        """;

    private const string SelectAnswers = """
        SELECT handover_id, number, on_day, kind, summary, source, recorded_at, corrected_at
        FROM handover_answers WHERE handover_id IN {=ids} ORDER BY handover_id, number
        """;

    private const string WhereCarries =
        "WHERE id IN (SELECT handover_id FROM handover_packets WHERE packet_id IN {=packets})";

    private const string SelectEvidence = """
        SELECT id, handover_id, subject, subject_number, number, media_type, bytes, sha256, recorded_at
        FROM handover_evidence WHERE handover_id IN {=ids} AND file_key IS NOT NULL ORDER BY handover_id, id
        """;

    private const string Unanswered = """
        WHERE cancelled_at IS NULL
          AND EXISTS (SELECT 1 FROM handover_attempts a
                      WHERE a.handover_id = handovers.id AND a.outcome IN ('received', 'posted'))
          AND NOT EXISTS (SELECT 1 FROM handover_answers w
                          WHERE w.handover_id = handovers.id AND w.kind <> 'acknowledged')
        ORDER BY id
        """;

    private static readonly HandoverNotes _noPlanNotes = new(null, null, null);
    private static readonly AttemptNotes _noAttemptNotes = new(null, null, null, null);

    public Handover? Find(long id) =>
        database.Snapshot(connection => Read(connection, "WHERE id = @id", new { id }).SingleOrDefault());

    /// <summary>
    /// Hand-overs of a campaign to these recipients with an id below <paramref name="before"/>,
    /// newest first; null for all recipients.
    /// </summary>
    public IReadOnlyList<Handover> List(long campaignId, IReadOnlyList<string>? recipients, long before, int limit)
    {
        if (recipients is { Count: 0 })
            return [];
        // Keys have only letters, digits and hyphens.
        var scope = recipients is null ? "" : $"AND {SqlCondition.IsOneOf("recipient_key", recipients)}";
        return database.Snapshot(connection =>
            Read(
                connection,
                $"WHERE campaign_id = @campaignId AND id < @before {scope} ORDER BY id DESC LIMIT @limit",
                new
                {
                    campaignId,
                    before,
                    limit,
                }
            )
        );
    }

    /// <summary>
    /// The hand-over that carries each of these packets, without notes: the newest that is not
    /// cancelled, otherwise the newest. Packets without one, or with one that the actor does not
    /// reach, are missing.
    /// </summary>
    public IReadOnlyDictionary<long, Handover> FindCarrying(
        Campaign campaign,
        IReadOnlyList<long> packets,
        IReadOnlyList<string>? scope
    ) =>
        packets.Count == 0
            ? new Dictionary<long, Handover>()
            : database
                .Snapshot(connection => Read(connection, WhereCarries, new { packets }, withNotes: false))
                .Where(handover => HandoverRules.IsInScope(campaign, handover.Plan.Recipient, scope))
                .SelectMany(handover => handover.Plan.Packets, (handover, packet) => (handover, packet))
                .Where(one => packets.Contains(one.packet))
                .GroupBy(one => one.packet, one => one.handover)
                .ToDictionary(
                    one => one.Key,
                    one => one.OrderBy(handover => handover.Plan.IsCancelled).ThenByDescending(row => row.Id).First()
                );

    /// <summary>The hand-overs of these campaigns, oldest first, without notes.</summary>
    public IReadOnlyList<Handover> ListOf(IReadOnlyList<long> campaigns) =>
        campaigns.Count == 0
            ? []
            : database.Snapshot(connection =>
                Read(connection, "WHERE campaign_id IN {=campaigns} ORDER BY id", new { campaigns }, withNotes: false)
            );

    /// <summary>The public hand-overs of a campaign, oldest first, without notes.</summary>
    public IReadOnlyList<Handover> ListPublic(long campaignId) =>
        database.Snapshot(connection =>
            Read(
                connection,
                "WHERE campaign_id = @campaignId AND is_public = 1 ORDER BY id",
                new { campaignId },
                withNotes: false
            )
        );

    /// <summary>
    /// The hand-overs of all campaigns that were delivered or posted at least once and have no
    /// answer that ends the clock, oldest first, without notes.
    /// </summary>
    public IReadOnlyList<Handover> ListUnanswered() =>
        database.Snapshot(connection => Read(connection, Unanswered, new { }, withNotes: false));

    /// <summary>Locks and reads one inside a transaction; null if it is gone.</summary>
    internal Handover? Find(WriteTransaction write, long id) =>
        Read(write.Connection, write.Sql("WHERE id = @id {for_update}"), new { id }).SingleOrDefault();

    private List<Handover> Read(DbConnection connection, string where, object values, bool withNotes = true)
    {
        var rows = connection.Query<HandoverRow>($"{Select} {where}", values).AsList();
        if (rows.Count == 0)
            return [];
        var ids = new { ids = rows.Select(row => row.Id).ToArray() };
        var packets = connection.Query<HandoverPacketRow>(SelectPackets, ids).ToLookup(row => row.HandoverId);
        var attempts = connection.Query<HandoverAttemptRow>(SelectAttempts, ids).ToLookup(row => row.HandoverId);
        var answers = connection.Query<HandoverAnswerRow>(SelectAnswers, ids).ToLookup(row => row.HandoverId);
        var evidence = withNotes
            ? connection.Query<EvidenceRow>(SelectEvidence, ids).ToLookup(row => row.HandoverId)
            : null;
        return
        [
            .. rows.Select(row => new Handover
            {
                Id = row.Id,
                CampaignId = row.CampaignId,
                Version = row.Version,
                CreatedAt = row.CreatedAt,
                Plan = PlanOf(row, packets[row.Id], withNotes ? encryption.Decrypt(row) : _noPlanNotes),
                Attempts =
                [
                    .. attempts[row.Id]
                        .Select(one => AttemptOf(one, withNotes ? encryption.Decrypt(one) : _noAttemptNotes)),
                ],
                Answers = [.. answers[row.Id].Select(AnswerOf)],
                Evidence = [.. evidence?[row.Id].Select(one => one.ToEvidence()) ?? []],
            }),
        ];
    }

    private static HandoverPlan PlanOf(HandoverRow row, IEnumerable<HandoverPacketRow> packets, HandoverNotes notes) =>
        new()
        {
            Recipient = row.RecipientKey,
            Occasion = row.Occasion,
            PlannedOn = row.PlannedOn,
            Time = row.PlannedTime is { } time
                ? TimeOnly.ParseExact(time, TimeFormat, CultureInfo.InvariantCulture)
                : null,
            Notes = notes,
            Packets = [.. packets.Select(packet => packet.PacketId)],
            IsPublic = row.IsPublic,
            IsCancelled = row.CancelledAt is not null,
        };

    private static RecordedAttempt AttemptOf(HandoverAttemptRow row, AttemptNotes notes) =>
        new(
            row.Id,
            row.Number,
            new AttemptDraft(row.OnDay, row.Outcome, [.. row.Packets.Select(ParseId)], notes),
            row.RecordedAt,
            row.CorrectedAt
        );

    private static RecordedAnswer AnswerOf(HandoverAnswerRow row) =>
        new(row.Number, new AnswerDraft(row.OnDay, row.Kind, row.Summary, row.Source), row.RecordedAt, row.CorrectedAt);

    private static long ParseId(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
