using System.Data.Common;
using Campaigns.Db.Engine;
using Campaigns.Db.Files;
using Dapper;

namespace Campaigns.Db.Journals;

/// <summary>
/// What the database knows of the journal: how far each file of each machine went when it was last
/// written together with a commit. A file may have more lines, never fewer, because the lines are
/// on the disk before the commit.
/// </summary>
internal static class JournalRegister
{
    private const string Select = "SELECT installation, file, sequence, hash FROM journal_files";

    private const string SelectGaps =
        "SELECT installation, file, sequence, hash FROM journal_gaps WHERE found_at > @after";

    // Processes of one machine may start while another one commits.
    private const string Raise = """
        INSERT INTO journal_files (installation, file, sequence, hash)
        VALUES (@Installation, @File, @Sequence, @Hash)
        ON CONFLICT (installation, file) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
        WHERE excluded.sequence > journal_files.sequence
        """;

    private const string DeleteFile = "DELETE FROM journal_files WHERE installation = @Installation AND file = @File";

    private const string AddGap = """
        INSERT INTO journal_gaps (installation, file, sequence, hash, found_at)
        VALUES (@Installation, @File, @Sequence, @Hash, @now)
        ON CONFLICT DO NOTHING
        """;

    private const string CloseGap = """
        DELETE FROM journal_gaps
        WHERE installation = @Installation AND file = @File AND sequence = @Sequence AND hash = @Hash
        """;

    /// <summary>
    /// Stores the position of the lines that this batch appended, as its last statement.
    /// </summary>
    public static void Store(WriteTransaction write, JournalPosition position) =>
        write
            .Prepare(Raise)
            .Set("@Installation", position.Installation)
            .Set("@File", position.File)
            .Set("@Sequence", position.Sequence)
            .Set("@Hash", position.Hash)
            .Defer();

    /// <summary>
    /// Compares the files of a data folder with what the database knows, and registers what the
    /// folder has. A machine that is new to the database registers what it finds, an empty file at
    /// least. The caller must have the lock of starts.
    /// </summary>
    /// <param name="connection">The database, migrated.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="ownOnly">True where several machines use the database: the files of the others
    /// are not needed.</param>
    /// <param name="withoutJournal">True to go on where lines are missing.</param>
    /// <param name="now">When a loss is found.</param>
    /// <exception cref="StartRefusedException">Lines are missing.</exception>
    public static CheckedJournal Check(
        DbConnection connection,
        string folder,
        bool ownOnly,
        bool withoutJournal,
        DateTimeOffset now
    )
    {
        var installation = InstallationId.ReadOrMake(folder);
        var all = Read(connection);
        var known = all.Where(position => !ownOnly || position.Installation == installation).ToList();
        var gaps = ReadLost(connection, DateTimeOffset.UnixEpoch);
        var scan = JournalScan.Read(folder, [.. known, .. gaps]);
        var missing = scan.Missing(known);
        if (missing.Count > 0 && !withoutJournal)
            throw new StartRefusedException(JournalLoss.RefuseStart(folder, missing, scan));
        GoOnWithout(connection, missing, now);
        var found = gaps.Where(gap => gap.Sequence > 0 && scan.FileWith(gap) is not null).ToList();
        connection.Execute(CloseGap, found);
        var own = known.Where(position => position.Installation == installation).Except(missing).ToList();
        // Lines that this machine wrote and that lie under another name now are known under that name.
        connection.Execute(DeleteFile, own.Where(position => scan.FileWith(position) != position.File));
        RegisterFound(connection, folder, installation, scan, own, found);
        var isNew = all.Count > 0 && all.All(position => position.Installation != installation);
        return new CheckedJournal(folder, installation, scan, isNew);
    }

    /// <summary>What a database knows of the files of all machines.</summary>
    public static IReadOnlyList<JournalPosition> Read(DbConnection connection) =>
        [.. connection.Query<PositionRow>(Select).Select(row => row.Position)];

    /// <summary>Lines whose loss was found after that time, acknowledged or not.</summary>
    public static IReadOnlyList<JournalPosition> ReadLost(DbConnection connection, DateTimeOffset after) =>
        [
            .. connection
                .Query<PositionRow>(SelectGaps, new { after = after.ToUnixTimeMilliseconds() })
                .Select(row => row.Position),
        ];

    /// <summary>
    /// Remembers that the installation goes on without these lines, until the operator acknowledges
    /// it, and no longer asks for them.
    /// </summary>
    public static void GoOnWithout(DbConnection connection, IReadOnlyList<JournalPosition> missing, DateTimeOffset now)
    {
        connection.Execute(
            AddGap,
            missing.Select(position => new
            {
                position.Installation,
                position.File,
                position.Sequence,
                position.Hash,
                now = now.ToUnixTimeMilliseconds(),
            })
        );
        connection.Execute(DeleteFile, missing);
    }

    private static void RegisterFound(
        DbConnection connection,
        string folder,
        string installation,
        JournalScan scan,
        IReadOnlyList<JournalPosition> known,
        IReadOnlyList<JournalPosition> found
    )
    {
        var positions = known
            .Concat(found)
            .Select(position => position with { Installation = installation, File = scan.FileWith(position)! })
            .Concat(
                scan.Files.Where(file => JournalFile.IsWritten(file.Key))
                    .Select(file => new JournalPosition(installation, file.Key, file.Value.Sequence, file.Value.Hash))
            )
            .DefaultIfEmpty(JournalPosition.Empty(installation, JournalFile.NameOf(1)))
            .Except(known)
            .ToList();
        // Another process may have written the last lines a moment ago; the database must not name what a power cut
        // can take away.
        foreach (var name in positions.Select(position => position.File).Distinct().Where(scan.Files.ContainsKey))
            JournalFile.Fsync(folder, name);
        connection.Execute(Raise, positions);
    }

    private sealed class PositionRow
    {
        public required string Installation { get; init; }
        public required string File { get; init; }
        public required long Sequence { get; init; }
        public required string Hash { get; init; }

        public JournalPosition Position => new(Installation, File, Sequence, Hash);
    }
}
