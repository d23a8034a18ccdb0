using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Campaigns.Db.Writes;

/// <summary>
/// Writes the write-ahead log back into the database file. While people sign, the bulk is copied and brought to the disk by a thread of its own and the writer goes on committing; only what
/// was committed meanwhile the writer copies itself, between two batches, after which the log begins anew at its start. When nobody signs the writer copies all.
/// SQLite before 3.51.3 may lose pages when a log begins anew under a checkpoint of another connection (sqlite.org/wal.html, "WAL-reset bug"). Hence a reader
/// stands there for as long as the copy beside the writer takes: at a mark in the log it keeps the log from beginning anew, and where all was copied before and it reads the file alone, it
/// keeps anybody from copying into that.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    private const string Passive = "PRAGMA wal_checkpoint(PASSIVE)";
    private static readonly TimeSpan _againAfterFailure = TimeSpan.FromSeconds(10);

    private readonly SqliteDialect _dialect;
    private readonly TimeSpan _every;
    // From the first connection to the last: closing any handle of a file lets go of the locks that SQLite has on it in this process (POSIX).
    private readonly SafeFileHandle _file;
    private DbConnection? _copier;
    private DbConnection? _reader;
    private Task<TimeSpan>? _copying;
    private long _due;
    private bool _failed;

    public Checkpoint(SqliteDialect dialect, TimeSpan every)
    {
        (_dialect, _every) = (dialect, every);
        _file = File.OpenHandle(dialect.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        WaitFor(every);
    }

    private bool IsDue => Environment.TickCount64 >= _due;

    /// <summary>Begins to copy beside the writer when it is time. On the writer's thread, between two batches. What fails is thrown; the writer then copies alone.</summary>
    public void BeginWhenDue()
    {
        if (_copying is null && !_failed && IsDue) Try(() => _copying = CopyAside());
    }

    /// <summary>True when <see cref="Finish"/> has something to do.</summary>
    /// <param name="idle">No commit waits, or none succeeds.</param>
    public bool CanFinish(bool idle) => _copying?.IsCompleted ?? (IsDue && (idle || _failed));

    /// <summary>
    /// Copies what is left by <paramref name="copy"/>, the writer's connection, and says whether that was all; somebody may still read what is older. What failed, here or beside
    /// the writer, is thrown, and tried again after ten seconds.
    /// </summary>
    public bool Finish(Func<string, (long Log, long Copied)> copy)
    {
        var all = false;
        Try(() =>
        {
            var copying = _copying;
            _copying = null;
            // So long a copy left the writer too much to catch up with in one go.
            if (copying?.GetAwaiter().GetResult() > _every)
            {
                _copying = CopyAside();
                return;
            }
            var (log, copied) = copy(Passive);
            all = copied >= log;
            _failed = false;
            WaitFor(_every);
        });
        return all;
    }

    /// <summary>Waits for the copy under way and closes its connections. What it did not manage the closing of the last connection does, or the next start.</summary>
    public void Stop()
    {
        if (_copying is not null) Task.WaitAny(_copying);
        CloseConnections();
    }

    /// <summary>Lets go of the file; only once no connection of this process has it open.</summary>
    public void Dispose() => _file.Dispose();

    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch
        {
            _failed = true;
            WaitFor(_againAfterFailure);
            CloseConnections();
            throw;
        }
    }

    private void WaitFor(TimeSpan time) => _due = Environment.TickCount64 + (long)time.TotalMilliseconds;

    private Task<TimeSpan> CopyAside()
    {
        _copier ??= _dialect.OpenForWriting();
        _reader ??= _dialect.OpenForWriting();
        _reader.Execute("BEGIN TRANSACTION");
        _reader.ExecuteScalar("SELECT count(*) FROM sqlite_schema");
        return Task.Factory.StartNew(() => Copy(_copier, _reader), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private TimeSpan Copy(DbConnection copier, DbConnection reader)
    {
        var started = Stopwatch.GetTimestamp();
        copier.Execute(Passive);
        BringToDisk();
        reader.Execute("ROLLBACK TRANSACTION");
        return Stopwatch.GetElapsedTime(started);
    }

    // SQLite counts as copied what it has written, and brings it to the disk only together with the rest. Whatever the disk refuses now the system forgets: a second try would
    // succeed without it, and the log begin anew. After a new start everything is copied again from the log, which is why nothing may be closed before.
    private void BringToDisk()
    {
        try
        {
            RandomAccess.FlushToDisk(_file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"The disk did not take the database file ({error.GetType().Name}). What was acknowledged is in the write-ahead log, and the next start copies it again.");
            // Not FailFast: it may leave an image of the memory behind, with keys and names in it.
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
    }

    private void CloseConnections()
    {
        _copier?.Dispose();
        _reader?.Dispose();
        (_copier, _reader) = (null, null);
    }
}
