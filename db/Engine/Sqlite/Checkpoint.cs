using System.Data.Common;
using System.Diagnostics;
using Dapper;
using Microsoft.Win32.SafeHandles;

namespace Campaigns.Db.Engine.Sqlite;

/// <summary>
/// Copies the write-ahead log back into the database file. Under load a separate thread copies most
/// of it and flushes the file while the writer keeps committing. The writer copies the rest between
/// two batches, and the log restarts at its beginning. When no commit waits, the writer copies
/// everything.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    private const string Passive = "PRAGMA wal_checkpoint(PASSIVE)";
    private static readonly TimeSpan _againAfterFailure = TimeSpan.FromSeconds(10);

    private readonly SqliteDialect _dialect;
    private readonly TimeSpan _every;

    // Open from before the first connection until after the last. Closing any handle of a file releases all POSIX locks
    // that this process has on it, including SQLite's.
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
    /// Starts a concurrent copy when one is due. Called on the writer's thread between two batches.
    /// Throws on failure; the writer then copies alone.
    /// </summary>
    public void BeginWhenDue()
    {
        if (_copying is null && !_failed && IsDue)
            Try(() => _copying = CopyConcurrently());
    }

    /// <summary>True when <see cref="Finish"/> has work to do.</summary>
    /// <param name="idle">No commit waits, or commits fail.</param>
    public bool CanFinish(bool idle) => _copying?.IsCompleted ?? (IsDue && (idle || _failed));

    /// <summary>
    /// Copies the rest over <paramref name="copy"/>, the writer's connection. Returns true if the
    /// log was copied completely; an older reader may prevent that. Throws an error of this or of
    /// the concurrent copy, and retries after ten seconds.
    /// </summary>
    public bool Finish(Func<string, (long Log, long Copied)> copy)
    {
        var all = false;
        Try(() =>
        {
            var copying = _copying;
            _copying = null;
            // The concurrent copy took long, so too much is left for the writer to copy at once.
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
    /// Waits for the current copy and closes its connection. The rest is copied when the last
    /// connection closes, or at the next start.
    /// </summary>
    public void Stop()
    {
        if (_copying is not null)
            Task.WaitAny(_copying);
        CloseConnection();
    }

    /// <summary>
    /// Closes the file. Call this only after every connection of this process is closed.
    /// </summary>
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

    // SQLite counts pages as copied once written, and fsyncs only with the rest. After a failed fsync the kernel
    // forgets the pages: a second try would succeed without them, and SQLite would restart the log. The next start
    // copies the whole log again, so no connection may close before the process ends.
    private void Fsync()
    {
        try
        {
            RandomAccess.FlushToDisk(_file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(
                $"The database file could not be flushed to disk ({error.GetType().Name}). "
                    + "Acknowledged changes are in the write-ahead log; the next start copies them again."
            );
            // FailFast may write a memory dump, which would contain keys and names.
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
