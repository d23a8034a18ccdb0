using Campaigns.Db.Files;
using Campaigns.Db.Staff;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Campaigns.Db.Journals;

/// <summary>What the operator reads and acknowledges of the journal.</summary>
public sealed class JournalStore(Database database)
{
    /// <summary>Operators base alarms on this id: do not change it (docs/operating.md).</summary>
    public static readonly EventId JournalIncomplete = new(3008, nameof(JournalIncomplete));

    private const string SelectOpen = """
        SELECT file, sequence, found_at FROM journal_gaps WHERE acknowledged_at IS NULL ORDER BY found_at, file
        """;

    private const string Acknowledge = """
        UPDATE journal_gaps SET acknowledged_at = @now WHERE acknowledged_at IS NULL
        RETURNING file, sequence, found_at
        """;

    /// <summary>
    /// The sentence for the operator while lines are lost and that is not acknowledged, or a file
    /// was lost while this process runs; null otherwise.
    /// </summary>
    public string? FindLoss()
    {
        using var connection = database.Read();
        var gaps = connection.Query<JournalGap>(SelectOpen).ToList();
        if (gaps.Count > 0)
            return $"Entries of the journal are lost ({string.Join("; ", gaps)}). People who left may be back. "
                + "Follow docs/operating.md (The journal), then run journal acknowledge.";
        return database.Journal.FindLost() is { Count: > 0 } files
            ? $"{string.Join(", ", files)} was deleted, replaced or cut off while the server runs. "
                + "Put it back and restart (docs/operating.md, The journal)."
            : null;
    }

    /// <summary>Logs the sentence of <see cref="FindLoss"/>.</summary>
    public void ReportLoss(ILogger log)
    {
        if (FindLoss() is { } loss)
            log.LogError(JournalIncomplete, "{Loss}", loss);
    }

    /// <summary>
    /// Ends the reports of all losses; returns them. The files are known as they are from then on.
    /// </summary>
    public Task<IReadOnlyList<JournalGap>> AcknowledgeAsync(Actor actor) =>
        database.Writes.RunAsync<IReadOnlyList<JournalGap>>(write =>
        {
            var gaps = write
                .Connection.Query<JournalGap>(Acknowledge, new { now = write.Now.ToUnixTimeMilliseconds() })
                .ToList();
            foreach (var gap in gaps)
                actor.Audit(write, "journal.acknowledge", subject: gap.File, detail: Ids.Text(gap.Sequence));
            return gaps;
        });

    /// <summary>The journal files of all machines.</summary>
    public IReadOnlyList<KnownJournalFile> List()
    {
        using var connection = database.Read();
        var known = JournalRegister.Read(connection);
        var scan = JournalScan.Read(database.Journal.Folder, known);
        return
        [
            .. known
                .OrderBy(position => position.Installation, StringComparer.Ordinal)
                .ThenBy(position => position.File, StringComparer.Ordinal)
                .Select(position => new KnownJournalFile(
                    position.Installation,
                    position.File,
                    position.Sequence,
                    scan.FileWith(position) is not null
                )),
        ];
    }
}
