using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Faults;

/// <summary>
/// A disk of its own with a data folder on it: it can be filled, and the folder can be made
/// read-only for everything that is opened from then on.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _mount = Directory.CreateTempSubdirectory("campaign-disk-").FullName;
    private bool _readOnly;

    public SmallDisk()
    {
        Command.Run("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", _mount);
        // A mount can only be moved within one that no other namespace shares.
        Command.Run("mount", "--make-private", _mount);
        Directory.CreateDirectory(Data);
    }

    public string Data => Path.Combine(_mount, "data");

    private string Ballast => Path.Combine(_mount, "ballast");

    /// <summary>Fills what is left, also what a server frees meanwhile.</summary>
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

    public void MakeRoom() => File.Delete(Ballast);

    /// <summary>
    /// Root is not stopped by permissions: the folder is mounted over itself, read-only. What is
    /// open stays writable, as on any system. Made read-only beside it and moved, for it would be
    /// refused once somebody writes.
    /// </summary>
    public void Forbid()
    {
        var forbidden = Directory.CreateDirectory(Path.Combine(_mount, "forbidden")).FullName;
        Command.Run("mount", "--bind", Data, forbidden);
        Command.Run("mount", "-o", "remount,bind,ro", forbidden);
        Command.Run("mount", "--move", forbidden, Data);
        _readOnly = true;
    }

    public void Allow()
    {
        Command.Run("umount", "-l", Data);
        _readOnly = false;
    }

    public void Dispose()
    {
        if (_readOnly)
            Allow();
        Command.Run("umount", "-l", _mount);
        Directory.Delete(_mount);
    }
}

/// <summary>
/// A disk of its own takes root on Linux to mount. Elsewhere the test is skipped and says so; where
/// CI runs it has to run.
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
