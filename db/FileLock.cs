namespace Campaigns.Db;

/// <summary>
/// A lock between processes, held as a region lock on a file. The kernel lets go of it when the
/// process dies, so nothing has to be cleaned up after a crash.
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
    /// Waits for the lock. Throws <see cref="TimeoutException"/> when another process keeps it
    /// longer than that.
    /// </summary>
    public void Acquire(TimeSpan timeout)
    {
        var started = Environment.TickCount64;
        while (!TryAcquire())
        {
            if (Environment.TickCount64 - started > timeout.TotalMilliseconds)
                throw new TimeoutException("Another process keeps the database's write lock.");
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
