namespace Campaigns.Checks;

/// <summary>File systems by their names in Linux.</summary>
public static class FileSystems
{
    private static readonly string[] _network =
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "9p",
        "v9fs",
        "afs",
        "ceph",
        "glusterfs",
        "lustre",
        "gfs2",
        "ocfs2",
        "fuse.sshfs",
        "fuse.glusterfs",
        "fuse.s3fs",
        "vboxsf",
        "virtiofs",
        "davfs",
    ];

    private static readonly string[] _memory = ["tmpfs", "ramfs"];

    /// <summary>Judges the file system of the data folder.</summary>
    public static CheckResult Check(string name) =>
        _network.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? CheckResult.Fail(
                $"The data folder is on a network file system ({name}), whose locks and fsync are not safe."
            )
        : _memory.Contains(name, StringComparer.OrdinalIgnoreCase)
            ? CheckResult.Fail($"The data folder is in memory ({name}) and is gone after a restart of the machine.")
        : CheckResult.Pass($"The data folder is on a disk of this machine ({name}).");
}
