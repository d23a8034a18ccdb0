using System.Runtime.InteropServices;

namespace Campaigns.Db.Files;

/// <summary>
/// Flushes a directory to disk, so that a renamed file survives a power cut; .NET flushes only
/// files. Does nothing on Windows, whose file systems persist names themselves.
/// </summary>
internal static partial class DirectoryFsync
{
    private const int ReadOnly = 0;

    public static void Fsync(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = Open(path, ReadOnly);
        if (handle < 0)
            throw new IOException("The folder cannot be opened to flush it to disk.");
        try
        {
            if (Sync(handle) < 0)
                throw new IOException("The folder cannot be flushed to disk.");
        }
        finally
        {
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
