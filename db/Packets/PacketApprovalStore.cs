using Campaigns.Db.Engine;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Dapper;

namespace Campaigns.Db.Packets;

/// <summary>The decisions of second members about packets that show people.</summary>
public sealed class PacketApprovalStore(Database database)
{
    private const string SelectFacts = """
        SELECT p.disclosure, p.approval, r.risk, r.max_disclosure, s.revoked_at, c.slug
        FROM packets p
        JOIN campaigns c ON c.id = p.campaign_id
        JOIN recipients r ON r.campaign_id = p.campaign_id AND r.key = p.recipient_key AND r.removed_at IS NULL
        LEFT JOIN staff s ON s.id = p.decided_by
        WHERE p.id = @id
        """;

    private static readonly string _await = $"""
        UPDATE packets
        SET status = '{PacketStatus.AwaitingApproval}', approval = '{ApprovalState.Waiting}', decided_at = NULL,
            decided_by = NULL, decline_reason = NULL, {Lease.End}
        WHERE id = @id AND {SqlCondition.IsOneOf("status", PacketLifecycle.StatusesChangedBy(PacketAct.Await))}
        """;

    private const string SelectToDecide = "SELECT status, requested_by FROM packets WHERE id = @id {for_update}";

    private const string Decide = """
        UPDATE packets
        SET status = @status, approval = @approval, decided_at = @now, decided_by = @staff, decline_reason = @reason
        WHERE id = @id
        """;

    private const string CountWaitingFor = $"""
        SELECT campaign_id, count(*) AS packets, MIN(requested_at) AS oldest_at FROM packets
        WHERE status = '{PacketStatus.AwaitingApproval}' AND requested_by <> @member
        GROUP BY campaign_id
        """;

    /// <summary>
    /// Lets a waiting packet be built. Refused with <c>own-request</c> for the member who asked,
    /// and with <c>already-decided</c>.
    /// </summary>
    public Task<Refusal?> ApproveAsync(Packet packet, string slug, Actor actor) =>
        DecideAsync(
            packet.Id,
            PacketAct.Approve,
            ApprovalState.Approved,
            reason: null,
            write =>
            {
                write.Queued(PendingWork.Packets);
                actor.Audit(write, "packet.approve", slug, Ids.Text(packet.Id));
            },
            actor.StaffId
        );

    /// <summary>Ends a waiting packet, which is never built. Refused as an approval is.</summary>
    public Task<Refusal?> DeclineAsync(Packet packet, string slug, string reason, Actor actor) =>
        DecideAsync(
            packet.Id,
            PacketAct.Decline,
            ApprovalState.Declined,
            reason,
            write => actor.Audit(write, "packet.decline", slug, Ids.Text(packet.Id)),
            actor.StaffId
        );

    /// <summary>
    /// The packets of each campaign that wait for another member than this one, and when the oldest
    /// of them was requested.
    /// </summary>
    public IReadOnlyList<CampaignPackets> CountWaiting(long member)
    {
        using var connection = database.Read();
        return [.. connection.Query<CampaignPackets>(CountWaitingFor, new { member })];
    }

    /// <summary>
    /// Makes a packet wait if it needs an approval that counts. True if it waits from now on.
    /// </summary>
    internal static bool AwaitIfNeeded(WriteTransaction write, long id)
    {
        // Without a recipient the build fails and says so.
        if (
            write.Connection.QuerySingleOrDefault<FactsRow>(SelectFacts, new { id }) is not { } facts
            || !ApprovalRules.IsNeeded(facts.Risk, facts.Disclosure, facts.MaxDisclosure)
            || ApprovalRules.Counts(facts.Approval, facts.RevokedAt is not null)
        )
            return false;
        write.Connection.Execute(_await, new { id });
        if (facts.Approval == ApprovalState.Approved)
            Actor.Operator.Audit(write, "packet.approval-lapse", facts.Slug, Ids.Text(id));
        return true;
    }

    private Task<Refusal?> DecideAsync(
        long id,
        PacketAct act,
        string approval,
        string? reason,
        Action<WriteTransaction> then,
        long? member
    ) =>
        database.Writes.RunAsync(write =>
        {
            var row = write.Connection.QuerySingle<DecidedRow>(write.Sql(SelectToDecide), new { id });
            var transition = PacketLifecycle.Find(row.Status, act);
            if (transition.Refusal is { } refusal)
                return refusal;
            if (ApprovalRules.RefuseDecision(member, row.RequestedBy) is { } own)
                return own;
            write.Connection.Execute(
                Decide,
                new
                {
                    id,
                    status = transition.Status,
                    approval,
                    now = write.Now.ToUnixTimeMilliseconds(),
                    staff = member,
                    reason,
                }
            );
            then(write);
            return null;
        });

    private sealed class DecidedRow
    {
        public required string Status { get; init; }
        public required long RequestedBy { get; init; }
    }

    private sealed class FactsRow
    {
        public required Disclosure Disclosure { get; init; }
        public required string? Approval { get; init; }
        public required string Risk { get; init; }
        public required Disclosure MaxDisclosure { get; init; }
        public required long? RevokedAt { get; init; }
        public required string Slug { get; init; }
    }
}
