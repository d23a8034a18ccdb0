using System.Data.Common;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Campaigns.Db.Writes;

/// <summary>
/// Writes the write-ahead log back into the database file. While people sign, the bulk is copied and brought to the disk by a thread of its own and the writer goes on committing; only what
/// was committed meanwhile the writer copies itself, between two batches, after which the log begins anew at its start. When nobody signs the writer copies all.
/// SQLite before 3.51.3 may lose pages when a log begins anew under a checkpoint of another connection (sqlite.org/wal.html, "WAL-reset bug"). Hence a reader stands
/// in the log for as long as it is copied beside the writer: under it the log cannot begin anew.
/// </summary>
internal sealed class Checkpoint(SqliteDialect dialect, TimeSpan every) : IDisposable
{
    private const string Passive = "PRAGMA wal_checkpoint(PASSIVE)";
    private static readonly TimeSpan _againAfterFailure = TimeSpan.FromSeconds(10);

    private SafeFileHandle? _file;
    private DbConnection? _copier;
    private Task? _copying;
    private long _due;

    /// <summary>
    /// Begins to copy beside the writer when it is time. On the writer's thread, right after a commit and still under its write lock: so the log holds what is not copied
    /// yet, and the reader really stands in it.
    /// </summary>
    public void BeginWhenDue()
    {
        if (_copying is null && Environment.TickCount64 >= _due) Try(() => _copying = CopyAside());
    }

    /// <summary>True when <see cref="Finish"/> has something to do.</summary>
    /// <param name="idle">Nothing waits to be written.</param>
    public bool CanFinish(bool idle) => _copying?.IsCompleted ?? (idle && Environment.TickCount64 >= _due);

    /// <summary>
    /// Copies what is left, on the writer's connection, outside a transaction and under the write lock. What failed, here or beside the writer, is thrown, and tried again
    /// after ten seconds.
    /// </summary>
    public void Finish(WritingConnection writing) => Try(() =>
    {
        var copying = _copying;
        _copying = null;
        copying?.GetAwaiter().GetResult();
        writing.Prepare(Passive).Run();
        WaitFor(every);
    });

    /// <summary>Waits for the copy under way and closes its connection.</summary>
    public void Stop()
    {
        // What it did not manage the closing of the last connection does, or the next start.
        _copying?.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
        CloseCopier();
    }

    /// <summary>Lets go of the file; only once no connection of this process has it open.</summary>
    public void Dispose() => _file?.Dispose();

    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch
        {
            WaitFor(_againAfterFailure);
            CloseCopier();
            throw;
        }
    }

    private void WaitFor(TimeSpan time) => _due = Environment.TickCount64 + (long)time.TotalMilliseconds;

    private Task CopyAside()
    {
        // Kept until the end: closing any handle of a file lets go of the locks that SQLite has on it in this process (POSIX).
        _file ??= File.OpenHandle(dialect.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var copier = _copier ??= dialect.OpenForWriting();
        var reader = dialect.OpenForReading();
        try
        {
            reader.Execute("BEGIN TRANSACTION");
            reader.ExecuteScalar("SELECT count(*) FROM sqlite_schema");
        }
        catch
        {
            Leave(reader);
            throw;
        }
        return Task.Factory.StartNew(() => Copy(copier, reader), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Copy(DbConnection copier, DbConnection reader)
    {
        try
        {
            copier.Execute(Passive);
            RandomAccess.FlushToDisk(_file!);
        }
        finally
        {
            Leave(reader);
        }
    }

    // It goes back to its pool: with its transaction still open it would show this moment to the next reader.
    private static void Leave(DbConnection reader)
    {
        using (reader) reader.Execute("ROLLBACK TRANSACTION");
    }

    private void CloseCopier()
    {
        _copier?.Dispose();
        _copier = null;
    }
}
