using System.Security.Cryptography;
using System.Text;
using Campaigns.Db.Files;

namespace Campaigns.Db.Journals;

/// <summary>
/// The id of a data folder, in its file <c>installation</c>. It tells the database which journal
/// files this machine wrote.
/// </summary>
internal static class InstallationId
{
    internal const string FileName = "installation";
    private const int Bytes = 16;

    /// <summary>
    /// Reads the id, or makes one in a folder without. Processes that start at once must exclude
    /// each other. Throws <see cref="StartRefusedException"/> for a file that is no id.
    /// </summary>
    public static string ReadOrMake(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            Make(folder, path);
        var id = File.ReadAllText(path).Trim();
        return id.Length == 2 * Bytes && id.All(char.IsAsciiHexDigitLower)
            ? id
            : throw new StartRefusedException(
                $"{path} is damaged: it holds the id of this machine. Put it back from a copy of the data folder. "
                    + "Without the file the machine begins a journal as a new one (docs/operating.md, The journal)."
            );
    }

    // Under another name first, so that a crash leaves no file without an id.
    private static void Make(string folder, string path)
    {
        var unfinished = path + ".new";
        using (var file = PrivateFiles.Open(unfinished, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(2 * Bytes, lowercase: true) + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path);
        DirectoryFsync.Fsync(folder);
    }
}
