using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Campaigns.Db.Writes;

/// <summary>
/// Copies the write-ahead log back into the database file. Under load a thread of its own copies
/// most of it and flushes the file while the writer goes on committing; the writer copies the rest
/// between two batches, and the log starts again at its beginning. When no commit waits, the writer
/// copies all.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    private const string Passive = "PRAGMA wal_checkpoint(PASSIVE)";
    private static readonly TimeSpan _againAfterFailure = TimeSpan.FromSeconds(10);

    private readonly SqliteDialect _dialect;
    private readonly TimeSpan _every;

    // From the first connection to the last: closing any handle of a file lets go of the locks that SQLite has on it in
    // this process (POSIX).
    private readonly SafeFileHandle _file;
    private DbConnection? _copier;
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

    /// <summary>
    /// Begins to copy beside the writer when it is time. On the writer's thread, between two
    /// batches. What fails is thrown; the writer then copies alone.
    /// </summary>
    public void BeginWhenDue()
    {
        if (_copying is null && !_failed && IsDue)
            Try(() => _copying = CopyConcurrently());
    }

    /// <summary>True when <see cref="Finish"/> has something to do.</summary>
    /// <param name="idle">No commit waits, or none succeeds.</param>
    public bool CanFinish(bool idle) => _copying?.IsCompleted ?? (IsDue && (idle || _failed));

    /// <summary>
    /// Copies what is left by <paramref name="copy"/>, the writer's connection, and says whether
    /// that was all; somebody may still read what is older. What failed, here or beside the writer,
    /// is thrown, and tried again after ten seconds.
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
                _copying = CopyConcurrently();
                return;
            }
            var (log, copied) = copy(Passive);
            all = copied >= log;
            _failed = false;
            WaitFor(_every);
        });
        return all;
    }

    /// <summary>
    /// Waits for the copy under way and closes its connection. What it did not manage the closing
    /// of the last connection does, or the next start.
    /// </summary>
    public void Stop()
    {
        if (_copying is not null)
            Task.WaitAny(_copying);
        CloseConnection();
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
            CloseConnection();
            throw;
        }
    }

    private void WaitFor(TimeSpan time) => _due = Environment.TickCount64 + (long)time.TotalMilliseconds;

    private Task<TimeSpan> CopyConcurrently()
    {
        _copier ??= _dialect.OpenForWriting();
        return Task.Factory.StartNew(
            () => Copy(_copier),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    private TimeSpan Copy(DbConnection copier)
    {
        var started = Stopwatch.GetTimestamp();
        copier.Execute(Passive);
        Fsync();
        return Stopwatch.GetElapsedTime(started);
    }

    // SQLite counts as copied what it has written, and brings it to the disk only together with the rest. Whatever the
    // disk refuses now the system forgets: a second try would succeed without it, and the log begin anew. After a new
    // start everything is copied again from the log, which is why nothing may be closed before.
    private void Fsync()
    {
        try
        {
            RandomAccess.FlushToDisk(_file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(
                $"The disk did not take the database file ({error.GetType().Name}). What was acknowledged is in the write-ahead log, and the next start copies it again."
            );
            // Not FailFast: it may leave an image of the memory behind, with keys and names in it.
            using var self = Process.GetCurrentProcess();
            self.Kill();
        }
    }

    private void CloseConnection()
    {
        _copier?.Dispose();
        _copier = null;
    }
}
