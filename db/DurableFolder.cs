using Microsoft.Win32.SafeHandles;

namespace Campaigns.Db;

/// <summary>Puts a folder's own entries on disk, so that a rename survives a power cut.</summary>
public static class DurableFolder
{
    /// <summary>On Windows, where a folder has no such call, the file system's own journal has to do.</summary>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        using SafeFileHandle folder = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(folder);
    }
}
