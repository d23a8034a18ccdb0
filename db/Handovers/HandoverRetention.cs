using Campaigns.Handovers;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Handovers;

/// <summary>
/// Erases the private notes and the evidence of hand-overs at the end of their term. It goes by the
/// stored days, so it repeats itself on a restored backup.
/// </summary>
public sealed class HandoverRetention(Database database, TimeProvider time, IOptions<EvidenceOptions> options)
{
    private const string SelectWithNotes = """
        SELECT h.id, h.planned_on, h.created_at,
               (SELECT max(a.on_day) FROM handover_attempts a WHERE a.handover_id = h.id) AS last_attempt_on,
               (SELECT max(w.on_day) FROM handover_answers w
                WHERE w.handover_id = h.id AND w.kind <> 'acknowledged') AS answered_on
        FROM handovers h
        WHERE h.place IS NOT NULL OR h.delegation IS NOT NULL OR h.note IS NOT NULL
           OR EXISTS (SELECT 1 FROM handover_attempts n WHERE n.handover_id = h.id AND (
                  n.place IS NOT NULL OR n.carried_by IS NOT NULL OR n.reference IS NOT NULL OR n.note IS NOT NULL))
           OR EXISTS (SELECT 1 FROM handover_evidence e WHERE e.handover_id = h.id AND e.file_key IS NOT NULL)
        ORDER BY h.id
        """;

    private const string SelectEvidence =
        "SELECT id FROM handover_evidence WHERE handover_id = @id AND file_key IS NOT NULL ORDER BY id";

    private const string ClearPlan = "UPDATE handovers SET place = NULL, delegation = NULL, note = NULL WHERE id = @id";

    private const string ClearAttempts = """
        UPDATE handover_attempts SET place = NULL, carried_by = NULL, reference = NULL, note = NULL
        WHERE handover_id = @id
        """;

    /// <summary>Erases what is due. Writes nothing without it. Repeatable.</summary>
    public async Task EraseAsync(CancellationToken cancellation)
    {
        List<long> due;
        using (var connection = database.Read())
            due =
            [
                .. connection
                    .Query<NotesRow>(SelectWithNotes)
                    .Where(row => row.EraseOn(options.Value.KeepDays) <= Instant.Day(time.UtcNow()))
                    .Select(row => row.Id),
            ];
        foreach (var id in due)
            await database.Writes.RunAsync(
                write =>
                {
                    foreach (var evidence in write.Connection.Query<long>(SelectEvidence, new { id }).AsList())
                        ErasedHandovers.EraseEvidence(write, evidence);
                    return write.Connection.Execute(ClearPlan, new { id })
                        + write.Connection.Execute(ClearAttempts, new { id });
                },
                cancellation
            );
    }

    private sealed class NotesRow
    {
        public required long Id { get; init; }
        public required DateOnly? PlannedOn { get; init; }
        public required DateTimeOffset CreatedAt { get; init; }
        public required DateOnly? LastAttemptOn { get; init; }
        public required DateOnly? AnsweredOn { get; init; }

        public DateOnly EraseOn(int keepDays) =>
            HandoverRules.EraseNotesOn(AnsweredOn, LastAttemptOn, PlannedOn ?? Instant.Day(CreatedAt), keepDays);
    }
}
