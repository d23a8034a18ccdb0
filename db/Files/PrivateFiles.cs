using System.Runtime.InteropServices;

namespace Campaigns.Db.Files;

/// <summary>
/// Files and folders that only the account running the product can read (0600 and 0700). On Windows
/// the folder's access rules apply.
/// </summary>
public static partial class PrivateFiles
{
    private const uint GroupAndOthers = 0x3F;

    /// <summary>
    /// Sets the umask of the process, so that files from libraries are private too, such as the
    /// framework's cookie keys.
    /// </summary>
    public static void EveryNewFile()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetMask(GroupAndOthers);
    }

    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public static FileStream Open(string path, FileMode mode, FileAccess access, FileShare share = FileShare.Read)
    {
        var options = new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            Share = share,
        };
        if (!OperatingSystem.IsWindows() && mode != FileMode.Open)
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>True when the file's group and others have no access.</summary>
    public static bool IsPrivate(string path) =>
        OperatingSystem.IsWindows() || ((int)File.GetUnixFileMode(path) & GroupAndOthers) == 0;

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetMask(uint mask);
}
