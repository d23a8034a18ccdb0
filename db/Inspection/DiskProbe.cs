using System.Security.Cryptography;
using Campaigns.Db.Files;

namespace Campaigns.Db.Inspection;

/// <summary>Writes a file as the program writes its own, and reads it back.</summary>
public static class DiskProbe
{
    /// <summary>The content of the file after fsync and a change of its name.</summary>
    public static byte[] ReadBack(string folder, byte[] content)
    {
        var path = Path.Combine(folder, $".doctor-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}");
        var renamed = path + ".renamed";
        try
        {
            using (var file = PrivateFiles.Open(path, FileMode.CreateNew, FileAccess.Write))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            File.Move(path, renamed);
            DirectoryFsync.Fsync(folder);
            return File.ReadAllBytes(renamed);
        }
        finally
        {
            File.Delete(path);
            File.Delete(renamed);
        }
    }
}
