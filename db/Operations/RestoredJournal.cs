using System.Data.Common;
using Campaigns.Db.Engine.Sqlite;
using Campaigns.Db.Files;
using Campaigns.Db.Journals;
using Campaigns.Db.Schema;
using Dapper;

namespace Campaigns.Db.Operations;

/// <summary>
/// Checks that the data folder has the journal before a backup replaces the database: the next
/// start applies it to the older rows.
/// </summary>
internal static class RestoredJournal
{
    private const string NewestServed = """
        SELECT campaign_id, size, root FROM ledger_heads AS head
        WHERE size > 0 AND size = (
            SELECT max(size) FROM ledger_heads WHERE campaign_id = head.campaign_id AND journaled = 1)
        """;

    /// <summary>
    /// The lines that the replaced database knows, and those whose loss it found after the backup.
    /// It knows more of the journal than its older copy.
    /// </summary>
    public static IReadOnlyList<JournalPosition> NamedByReplaced(DbConnection replaced, DateTimeOffset backedUpAt) =>
        HasRegister(replaced)
            ? [.. JournalRegister.Read(replaced), .. JournalRegister.ReadLost(replaced, backedUpAt)]
            : [];

    /// <exception cref="BackupRefusedException">Lines are missing, and
    /// <paramref name="withoutJournal"/> is false.</exception>
    public static void Check(
        string copy,
        IReadOnlyList<JournalPosition> namedByReplaced,
        string folder,
        bool withoutJournal,
        DateTimeOffset now
    )
    {
        using var dialect = new SqliteDialect($"Data Source={copy}");
        var missing = FindMissing(dialect, namedByReplaced, folder, out var scan);
        if (missing.Count == 0)
            return;
        if (!withoutJournal)
            throw new BackupRefusedException(JournalLoss.RefuseRestore(folder, missing, scan));
        using var connection = dialect.OpenForWriting();
        Migrations.Run(connection, dialect, now);
        JournalRegister.GoOnWithout(connection, missing, now);
    }

    private static IReadOnlyList<JournalPosition> FindMissing(
        SqliteDialect copy,
        IReadOnlyList<JournalPosition> namedByReplaced,
        string folder,
        out JournalScan scan
    )
    {
        using var connection = copy.OpenForReading();
        var named = HasRegister(connection) ? JournalRegister.Read(connection) : null;
        List<JournalPosition> all = [.. (named ?? []).Concat(namedByReplaced).Distinct()];
        scan = JournalScan.Read(folder, all);
        var missing = scan.Missing(all);
        return named is null && LacksHeads(connection, folder)
            ? [.. missing, new JournalPosition("", JournalFile.NameOf(1), 0, "")]
            : missing;
    }

    // A backup from before this table names no file, but the journal has every head that was served.
    private static bool LacksHeads(DbConnection copy, string folder)
    {
        var heads = Journal.Read(folder).Heads.Select(head => (head.CampaignId, head.Size, head.Root)).ToHashSet();
        return copy.Query<JournalHead>(NewestServed)
            .Any(head => !heads.Contains((head.CampaignId, head.Size, head.Root)));
    }

    private static bool HasRegister(DbConnection connection) =>
        connection.QuerySingle<bool>(SqliteDialect.SelectHasTable, new { table = "journal_files" });
}
