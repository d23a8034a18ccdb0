using System.Globalization;

namespace Campaigns.Db.Files;

/// <summary>
/// The folder of packets: finished packets directly inside, the files of a build in a subfolder.
/// File names contain ids only, and every file is encrypted.
/// </summary>
public sealed class PacketFolder
{
    private const string Extension = ".packet";
    private const string LinesExtension = ".lines";

    private readonly string _path;

    public PacketFolder(string path)
    {
        _path = path;
        PrivateFiles.CreateFolder(_path);
    }

    public string File(string name) => Path.Combine(_path, name);

    /// <summary>
    /// Every attempt has its own file name, so that a late attempt does not overwrite a newer file.
    /// </summary>
    public static string FileName(long id, int attempt) => Stem(id, attempt) + Extension;

    /// <summary>The name of the file with the printed lines of one attempt.</summary>
    public static string LinesName(long id, int attempt) => Stem(id, attempt) + LinesExtension;

    /// <summary>Creates an empty folder for the files of one attempt.</summary>
    public string CreateWorkFolder(long id, int attempt)
    {
        var path = File(Stem(id, attempt));
        PrivateFiles.CreateFolder(path);
        return path;
    }

    /// <summary>
    /// Moves a finished file from its work folder to its final name and fsyncs the folder.
    /// </summary>
    public void Publish(string part, string name)
    {
        System.IO.File.Move(part, File(name), overwrite: false);
        DirectoryFsync.Fsync(_path);
    }

    /// <summary>
    /// Deletes the files and folders of every id and attempt for which <paramref name="needed"/> is
    /// false; its last argument is true for a file of printed lines. Returns how many it deleted.
    /// </summary>
    public int Sweep(Func<long, int, bool, bool> needed)
    {
        var deleted = 0;
        foreach (var entry in new DirectoryInfo(_path).EnumerateFileSystemInfos())
        {
            var parts = Path.GetFileNameWithoutExtension(entry.Name).Split('-');
            if (
                parts.Length != 2
                || !Ids.TryParse(parts[0], out var id)
                || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var attempt)
            )
                continue;
            if (needed(id, attempt, Path.GetExtension(entry.Name) == LinesExtension))
                continue;
            if (entry is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                entry.Delete();
            deleted++;
        }
        return deleted;
    }

    private static string Stem(long id, int attempt) => string.Create(CultureInfo.InvariantCulture, $"{id}-{attempt}");
}
