namespace Campaigns.Db.Files;

/// <summary>
/// A lock between processes: a region lock on a file. The kernel releases it when the process dies,
/// so a crash needs no cleanup.
/// </summary>
public sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    public FileLock(string path) =>
        _file = PrivateFiles.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);

    public bool TryAcquire()
    {
        try
        {
            if (!OperatingSystem.IsMacOS())
                _file.Lock(0, 1);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Waits for the lock. Throws <see cref="TimeoutException"/> when another process has it for
    /// longer than <paramref name="timeout"/>.
    /// </summary>
    public void Acquire(TimeSpan timeout)
    {
        var started = Environment.TickCount64;
        while (!TryAcquire())
        {
            if (Environment.TickCount64 - started > timeout.TotalMilliseconds)
                throw new TimeoutException("Another process has the database's write lock.");
            Thread.Sleep(1);
        }
    }

    public void Release()
    {
        if (!OperatingSystem.IsMacOS())
            _file.Unlock(0, 1);
    }

    public void Dispose() => _file.Dispose();
}
