using System.Runtime.InteropServices;

namespace Campaigns.Db;

/// <summary>
/// Brings a folder's names to the disk, so that a renamed file is there after a power cut; .NET
/// flushes files only. Does nothing on Windows, whose file systems keep names by themselves.
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
            throw new IOException("The folder could not be opened to flush it.");
        try
        {
            if (Sync(handle) < 0)
                throw new IOException("The folder could not be flushed.");
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
