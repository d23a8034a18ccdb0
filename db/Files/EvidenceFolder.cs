using System.Security.Cryptography;

namespace Campaigns.Db.Files;

/// <summary>
/// The folder of evidence. File names are random, every file is encrypted under a key of its own,
/// and a row names it only after it is on disk.
/// </summary>
public sealed class EvidenceFolder
{
    private const string Extension = ".evidence";
    private const int NameBytes = 16;

    private readonly string _path;

    public EvidenceFolder(string path)
    {
        _path = path;
        PrivateFiles.CreateFolder(_path);
    }

    public string File(string name) => Path.Combine(_path, name);

    /// <summary>Writes a new file to disk and returns its name.</summary>
    public string Write(ReadOnlySpan<byte> content, byte[] key)
    {
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NameBytes)) + Extension;
        using (var file = EncryptedFile.Create(File(name), key))
        {
            file.Write(content);
            file.Complete();
        }
        DirectoryFsync.Fsync(_path);
        return name;
    }

    public void Delete(string name) => System.IO.File.Delete(File(name));

    /// <summary>
    /// Deletes the files last written before <paramref name="before"/> for which
    /// <paramref name="needed"/> is false. Returns how many it deleted.
    /// </summary>
    public int Sweep(DateTimeOffset before, Func<string, bool> needed)
    {
        var deleted = 0;
        foreach (var file in new DirectoryInfo(_path).EnumerateFiles("*" + Extension))
        {
            if (file.LastWriteTimeUtc >= before.UtcDateTime || needed(file.Name))
                continue;
            file.Delete();
            deleted++;
        }
        return deleted;
    }
}
