using Campaigns.Backups;
using Dapper;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Campaigns.Db.Operations.ScheduledBackups;

/// <summary>
/// Makes encrypted backups when they are due. The copy that is not encrypted is in the data folder,
/// beside the database, only while a backup is made.
/// </summary>
public sealed class ScheduledBackups(
    Database database,
    BackupStore backups,
    IOptions<BackupOptions> options,
    IOptions<DataOptions> data,
    InstallationRoot root,
    TimeProvider time
)
{
    private const string WorkFolder = "backup-work";
    private const int NoSpace = 28;
    private const int SqliteFull = 13;

    internal const string Select = "SELECT attempted_at, failure, made_at, bytes FROM scheduled_backups";

    private const string Save = """
        INSERT INTO scheduled_backups (one, attempted_at, failure, made_at, bytes)
        VALUES (1, @now, @failure, @madeAt, @bytes)
        ON CONFLICT (one) DO UPDATE SET attempted_at = excluded.attempted_at, failure = excluded.failure,
            made_at = coalesce(excluded.made_at, scheduled_backups.made_at),
            bytes = coalesce(excluded.bytes, scheduled_backups.bytes)
        """;

    /// <summary>The last attempt; null before the first.</summary>
    public BackupAttempt? FindLast()
    {
        using var connection = database.Read();
        return connection.QuerySingleOrDefault<BackupAttempt>(Select);
    }

    public bool IsDue() => options.Value.IsOn && BackupRules.IsDue(FindLast(), options.Value.Every, time.UtcNow());

    /// <summary>
    /// Makes a backup and records how that went. Returns null, or the exception that made it fail.
    /// </summary>
    public async Task<Exception?> MakeAsync(CancellationToken cancellation)
    {
        Exception? failed = null;
        string? failure = null;
        long? bytes = null;
        try
        {
            bytes = Make();
            failure = bytes is null ? BackupFailure.Busy : null;
        }
#pragma warning disable CA1031 // Every failure is recorded and shown to the operator.
        catch (Exception error)
#pragma warning restore CA1031
        {
            failed = error;
            failure = FailureOf(error);
        }
        await database.Writes.RunAsync(
            write =>
                write.Connection.Execute(
                    Save,
                    new
                    {
                        now = write.Now.ToUnixTimeMilliseconds(),
                        failure,
                        madeAt = failure is null ? write.Now.ToUnixTimeMilliseconds() : (long?)null,
                        bytes,
                    }
                ),
            cancellation
        );
        return failed;
    }

    private long? Make()
    {
        using var key = BackupKey.Read(root.Resolve(options.Value.PublicKey));
        var folder = root.Resolve(data.Value.Directory);
        return new BackupDirectory(root.Resolve(options.Value.Directory)).Add(time.UtcNow(), options.Value.Keep, file =>
        {
            DeleteWork(folder);
            try
            {
                var copy = Path.Combine(folder, WorkFolder);
                backups.BackUp(database, copy);
                BackupArchive.Write(copy, file, key);
            }
            finally
            {
                DeleteWork(folder);
            }
        });
    }

    // Also what a process left that ended while it worked: nothing else has such a name.
    private static void DeleteWork(string folder)
    {
        foreach (var left in Directory.GetDirectories(folder, $"*{WorkFolder}*"))
            Directory.Delete(left, recursive: true);
    }

    private static string FailureOf(Exception error) =>
        error switch
        {
            SqliteException { SqliteErrorCode: SqliteFull } => BackupFailure.DiskFull,
            IOException { HResult: var code } when (code & 0xFFFF) == NoSpace => BackupFailure.DiskFull,
            IOException or UnauthorizedAccessException => BackupFailure.NotWritable,
            BackupNotVerifiedException => BackupFailure.NotVerified,
            BackupRefusedException => BackupFailure.Damaged,
            _ => BackupFailure.Other,
        };
}
