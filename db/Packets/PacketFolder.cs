using System.Globalization;

namespace Campaigns.Db.Packets;

/// <summary>
/// Where packets lie: finished ones in the folder itself, what a build is working on in a folder of
/// its own inside. Names hold ids only, and every file is sealed.
/// </summary>
public sealed class PacketFolder
{
    private const string Ending = ".packet";

    private readonly string _path;

    public PacketFolder(string path)
    {
        _path = path;
        PrivateFiles.CreateFolder(_path);
    }

    public string File(string name) => Path.Combine(_path, name);

    /// <summary>
    /// Every attempt has a name of its own, so that a late one never overwrites a better one.
    /// </summary>
    public static string FileName(long id, int attempt) => Stem(id, attempt) + Ending;

    /// <summary>An empty folder for the parts of one attempt.</summary>
    public string CreateWorkFolder(long id, int attempt)
    {
        var path = File(Stem(id, attempt));
        PrivateFiles.CreateFolder(path);
        return path;
    }

    /// <summary>
    /// Takes a finished file out of its work folder under its name, so that it is there after a
    /// power cut.
    /// </summary>
    public void Publish(string part, string name)
    {
        System.IO.File.Move(part, File(name), overwrite: false);
        DirectoryFsync.Fsync(_path);
    }

    /// <summary>
    /// Deletes all that <paramref name="needed"/> does not claim by id and attempt. Returns how
    /// many files and folders went.
    /// </summary>
    public int Sweep(Func<long, int, bool> needed)
    {
        var gone = 0;
        foreach (var entry in new DirectoryInfo(_path).EnumerateFileSystemInfos())
        {
            var parts = Path.GetFileNameWithoutExtension(entry.Name).Split('-');
            if (
                parts.Length != 2
                || !Ids.TryParse(parts[0], out var id)
                || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            )
                continue;
            if (needed(id, attempt))
                continue;
            if (entry is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                entry.Delete();
            gone++;
        }
        return gone;
    }

    private static string Stem(long id, int attempt) => string.Create(CultureInfo.InvariantCulture, $"{id}-{attempt}");
}
