using System.Globalization;
using Campaigns.Db.Engine;
using Campaigns.Db.Staff;
using Campaigns.Handovers;
using Dapper;

namespace Campaigns.Db.Handovers;

/// <summary>
/// The plans of hand-overs: staff make, change and delete them. Attempts and answers are in
/// <see cref="HandoverRecordStore"/>.
/// </summary>
public sealed class HandoverStore(
    Database database,
    HandoverReader reader,
    HandoverEncryption encryption,
    PublicHandovers published
)
{
    private const string Insert = """
        INSERT INTO handovers (id, campaign_id, recipient_key, occasion, planned_on, planned_time, is_public,
                               created_at, created_by, place, delegation, note)
        VALUES (@id, @campaignId, @Recipient, @Occasion, @plannedOn, @time, @isPublic,
                @now, @staff, @Place, @Delegation, @Note)
        """;

    private const string Update = """
        UPDATE handovers
        SET version = version + 1,
            occasion = @Occasion, planned_on = @plannedOn, planned_time = @time, is_public = @isPublic,
            place = @Place, delegation = @Delegation, note = @Note, cancelled_at = @cancelledAt
        WHERE id = @id
        """;

    private const string InsertPacket = """
        INSERT INTO handover_packets (handover_id, packet_id, position) VALUES (@id, @packet, @position)
        """;

    private const string DeletePackets = "DELETE FROM handover_packets WHERE handover_id = @id";

    private const string SelectPackets =
        "SELECT id, campaign_id, recipient_key, countries FROM packets WHERE id IN {=ids}";

    /// <summary>
    /// Plans a hand-over in the caller's transaction. Refused with <c>validation</c> for a packet
    /// that is not the recipient's, or not the actor's by <paramref name="scope"/>.
    /// </summary>
    public Outcome<Handover> Create(
        WriteTransaction write,
        Campaign campaign,
        HandoverPlan plan,
        IReadOnlyList<string>? scope,
        Actor actor
    )
    {
        if (RefusePackets(write, campaign.Id, plan, [], scope) is { } refusal)
            return refusal;
        var id = write.NextId();
        write.Connection.Execute(Insert, Values(write, id, plan, campaign.Id, actor));
        InsertPackets(write, id, plan.Packets);
        actor.Audit(write, "handover.create", campaign.Slug, Ids.Text(id));
        write.AfterCommit(() => published.Evict(campaign.Id));
        return reader.Find(write, id)!;
    }

    /// <summary>
    /// Applies a change computed from the hand-over inside the transaction. Refused as
    /// <see cref="HandoverLifecycle"/> says, and for packets as a new one. A packet of an attempt
    /// stays.
    /// </summary>
    public Task<Outcome<Handover>> ChangeAsync(
        Campaign campaign,
        long id,
        Func<Handover, Outcome<HandoverPlan>> change,
        IReadOnlyList<string>? scope,
        Actor actor
    ) =>
        database.Writes.RunAsync<Outcome<Handover>>(write =>
        {
            if (reader.Find(write, id) is not { } current)
                return Refusal.NotFound;
            var changed = change(current);
            if (changed.Value is not { } plan)
                return changed.Refusal!;
            var act = plan.IsCancelled ? HandoverAct.Cancel : HandoverAct.Change;
            if (HandoverLifecycle.Find(current.Progress.State, act).Refusal is { } wrong)
                return wrong;
            if (RefusePackets(write, campaign.Id, plan, current.Plan.Packets, scope) is { } refusal)
                return refusal;
            if (current.Attempts.SelectMany(attempt => attempt.Facts.Packets).Except(plan.Packets).Any())
                return Refusal.Validation("packets", "A packet of an attempt stays.");
            write.Connection.Execute(Update, Values(write, id, plan, campaign.Id, actor));
            write.Connection.Execute(DeletePackets, new { id });
            InsertPackets(write, id, plan.Packets);
            actor.Audit(write, plan.IsCancelled ? "handover.cancel" : "handover.change", campaign.Slug, Ids.Text(id));
            write.AfterCommit(() => published.Evict(campaign.Id));
            return reader.Find(write, id)!;
        });

    /// <summary>Deletes one without attempts. Refused with <c>wrong-state</c>.</summary>
    public Task<Refusal?> DeleteAsync(Campaign campaign, long id, Actor actor) =>
        database.Writes.RunAsync(write =>
        {
            if (reader.Find(write, id) is not { } current)
                return Refusal.NotFound;
            var transition = HandoverLifecycle.Find(current.Progress.State, HandoverAct.Delete);
            if (!transition.Deletes || current.Attempts.Count > 0)
                return Refusal.WrongState;
            ErasedHandovers.Delete(write, id);
            actor.Audit(write, "handover.delete", campaign.Slug, Ids.Text(id));
            write.AfterCommit(() => published.Evict(campaign.Id));
            return null;
        });

    private DynamicParameters Values(WriteTransaction write, long id, HandoverPlan plan, long campaignId, Actor actor)
    {
        var values = new DynamicParameters(encryption.Encrypt(id, plan.Notes));
        values.AddDynamicParams(
            new
            {
                id,
                campaignId,
                plan.Recipient,
                plan.Occasion,
                plannedOn = plan.PlannedOn is { } day ? Instant.Text(day) : null,
                time = plan.Time?.ToString(HandoverReader.TimeFormat, CultureInfo.InvariantCulture),
                isPublic = plan.IsPublic ? 1 : 0,
                now = write.Now.ToUnixTimeMilliseconds(),
                staff = actor.StaffId,
                cancelledAt = plan.IsCancelled ? write.Now.ToUnixTimeMilliseconds() : (long?)null,
            }
        );
        return values;
    }

    private static Refusal? RefusePackets(
        WriteTransaction write,
        long campaignId,
        HandoverPlan plan,
        IReadOnlyList<long> known,
        IReadOnlyList<string>? scope
    )
    {
        var rows = write
            .Connection.Query<PacketRow>(SelectPackets, new { ids = plan.Packets.ToArray() })
            .ToDictionary(row => row.Id);
        return HandoverRules.RefusePlan(
            [
                .. plan.Packets.Select(packet =>
                    rows.TryGetValue(packet, out var row)
                        ? new CarriedPacket(
                            row.Countries,
                            row.CampaignId == campaignId && row.RecipientKey == plan.Recipient
                        )
                        : null
                ),
            ],
            index => known.Contains(plan.Packets[index]),
            scope
        );
    }

    private static void InsertPackets(WriteTransaction write, long id, IReadOnlyList<long> packets)
    {
        foreach (var (position, packet) in packets.Index())
            write.Connection.Execute(
                InsertPacket,
                new
                {
                    id,
                    packet,
                    position,
                }
            );
    }

    private sealed class PacketRow
    {
        public required long Id { get; init; }
        public required long CampaignId { get; init; }
        public required string RecipientKey { get; init; }
        public required IReadOnlyList<string> Countries { get; init; }
    }
}
