using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Dapper;

namespace Campaigns.Db.Handovers;

/// <summary>
/// Erases evidence and deletes hand-overs: in the rows, and in the journal, so that a restored
/// backup does not bring them back.
/// </summary>
internal static class ErasedHandovers
{
    private const string ClearEvidence = """
        UPDATE handover_evidence SET file_key = NULL, sha256 = NULL, erased_at = @at
        WHERE id = @id AND file_key IS NOT NULL
        """;

    private const string DeletePackets = "DELETE FROM handover_packets WHERE handover_id = @id";

    private const string DeleteReminders = "DELETE FROM handover_reminders WHERE handover_id = @id";

    private const string DeleteHandover = "DELETE FROM handovers WHERE id = @id";

    private const string SelectStored = "SELECT id FROM handover_evidence WHERE file_key IS NOT NULL";

    private const string SelectHandovers = "SELECT id FROM handovers";

    private const string SelectErased =
        "SELECT id, erased_at AS at FROM handover_evidence WHERE erased_at IS NOT NULL ORDER BY id";

    /// <summary>False if it is erased already.</summary>
    public static bool EraseEvidence(WriteTransaction write, long id) =>
        Erase(write, new JournalErasure(write.Now, JournalErasure.Evidence, id));

    /// <summary>Deletes a hand-over that has no attempts.</summary>
    public static void Delete(WriteTransaction write, long id) =>
        Erase(write, new JournalErasure(write.Now, JournalErasure.Handover, id));

    /// <summary>
    /// Applies the lines of the journal that this database lacks; returns how many.
    /// </summary>
    public static async Task<int> ReplayAsync(
        Database database,
        IReadOnlyList<JournalErasure> erasures,
        CancellationToken cancellation
    )
    {
        if (erasures.Count == 0)
            return 0;
        List<JournalErasure> pending;
        using (var connection = database.Read())
        {
            var evidence = connection.Query<long>(SelectStored).ToHashSet();
            var handovers = connection.Query<long>(SelectHandovers).ToHashSet();
            pending =
            [
                .. erasures.Where(line =>
                    (line.Kind == JournalErasure.Evidence ? evidence : handovers).Contains(line.Id)
                ),
            ];
        }
        return pending.Count == 0
            ? 0
            : await database.Writes.RunAsync(write => pending.Count(line => Apply(write, line)), cancellation);
    }

    /// <summary>What is erased and not in the journal. A deleted hand-over left no row.</summary>
    public static IReadOnlyList<JournalErasure> FindUnrecorded(
        Database database,
        IReadOnlyList<JournalErasure> recorded
    )
    {
        var known = recorded.Where(line => line.Kind == JournalErasure.Evidence).Select(line => line.Id).ToHashSet();
        using var connection = database.Read();
        return
        [
            .. connection
                .Query<ErasedRow>(SelectErased)
                .Where(row => !known.Contains(row.Id))
                .Select(row => new JournalErasure(row.At, JournalErasure.Evidence, row.Id)),
        ];
    }

    private static bool Erase(WriteTransaction write, JournalErasure erasure)
    {
        if (!Apply(write, erasure))
            return false;
        write.Journal(erasure);
        return true;
    }

    private static bool Apply(WriteTransaction write, JournalErasure erasure)
    {
        var values = new { id = erasure.Id, at = erasure.At.ToUnixTimeMilliseconds() };
        if (erasure.Kind == JournalErasure.Evidence)
            return write.Connection.Execute(ClearEvidence, values) > 0;
        write.Connection.Execute(DeletePackets, values);
        write.Connection.Execute(DeleteReminders, values);
        return write.Connection.Execute(DeleteHandover, values) > 0;
    }

    private sealed class ErasedRow
    {
        public required long Id { get; init; }
        public required DateTimeOffset At { get; init; }
    }
}
