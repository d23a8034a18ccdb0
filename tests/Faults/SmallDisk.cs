using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Faults;

/// <summary>
/// A small disk with a data folder. It can be filled, and the folder can be made read-only for
/// files opened later.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _mount = Directory.CreateTempSubdirectory("campaign-disk-").FullName;
    private bool _readOnly;

    public SmallDisk()
    {
        Command.Run("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", _mount);
        // A mount can be moved only inside a mount that is private.
        Command.Run("mount", "--make-private", _mount);
        Directory.CreateDirectory(Data);
    }

    public string Data => Path.Combine(_mount, "data");

    private string Ballast => Path.Combine(_mount, "ballast");

    /// <summary>
    /// Fills the remaining space, including space that the server frees in between.
    /// </summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in (int[])[1 << 20, 1 << 12])
        {
            var block = new byte[size];
            try
            {
                while (true)
                    file.Write(block);
            }
            catch (IOException)
            {
                // Full for blocks of this size.
            }
        }
    }

    public void FreeSpace() => File.Delete(Ballast);

    /// <summary>
    /// Permissions do not stop root, so the folder is mounted over itself, read-only. Open files
    /// stay writable, as on any system. The mount is made read-only elsewhere and then moved,
    /// because a remount fails while a file is open for writing.
    /// </summary>
    public void MakeReadOnly()
    {
        var forbidden = Directory.CreateDirectory(Path.Combine(_mount, "forbidden")).FullName;
        Command.Run("mount", "--bind", Data, forbidden);
        Command.Run("mount", "-o", "remount,bind,ro", forbidden);
        Command.Run("mount", "--move", forbidden, Data);
        _readOnly = true;
    }

    public void MakeWritable()
    {
        Command.Run("umount", "-l", Data);
        _readOnly = false;
    }

    public void Dispose()
    {
        if (_readOnly)
            MakeWritable();
        Command.Run("umount", "-l", _mount);
        Directory.Delete(_mount);
    }
}

/// <summary>
/// Mounting a disk needs root on Linux. Elsewhere the test is skipped; in CI it must run.
/// </summary>
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (
            Environment.GetEnvironmentVariable("CI") is null
            && (!OperatingSystem.IsLinux() || Environment.UserName != "root")
        )
            Skip = "Only root on Linux can mount a small disk to fill.";
    }
}
