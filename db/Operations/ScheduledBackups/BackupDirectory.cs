using System.Globalization;
using System.Text.RegularExpressions;
using Campaigns.Backups;
using Campaigns.Db.Files;

namespace Campaigns.Db.Operations.ScheduledBackups;

/// <summary>
/// The folder of scheduled backups. A file is one only under its final name, which it gets when it
/// is whole and on disk. Other files in the folder are left alone.
/// </summary>
internal sealed partial class BackupDirectory(string path)
{
    private const string Unfinished = ".unfinished";

    /// <summary>The whole backups, by their numbers.</summary>
    public IReadOnlyDictionary<long, string> List() =>
        Directory.Exists(path)
            ? Directory
                .EnumerateFiles(path)
                .Select(file => (File: file, Name: Name().Match(Path.GetFileName(file))))
                .Where(found => found.Name.Success)
                .GroupBy(found => long.Parse(found.Name.Groups[1].Value, CultureInfo.InvariantCulture))
                .ToDictionary(group => group.Key, group => group.First().File)
            : new Dictionary<long, string>();

    /// <summary>
    /// Makes the next one with <paramref name="write"/>, which gets the path to write to, and then
    /// deletes those past <paramref name="keep"/>. Null when another process makes one here.
    /// Otherwise returns its size.
    /// </summary>
    public long? Add(DateTimeOffset now, int keep, Action<string> write)
    {
        PrivateFiles.CreateFolder(path);
        using var working = new FileLock(Path.Combine(path, ".lock"));
        if (!working.TryAcquire())
            return null;
        // Of a process that ended while it wrote.
        foreach (var left in Directory.GetFiles(path, "*" + Unfinished))
            File.Delete(left);
        var number = List().Keys.DefaultIfEmpty().Max() + 1;
        var file = Path.Combine(
            path,
            string.Create(CultureInfo.InvariantCulture, $"campaign-{number:000000}-{now:yyyyMMdd'T'HHmmss'Z'}.backup")
        );
        try
        {
            write(file + Unfinished);
            File.Move(file + Unfinished, file);
        }
        catch
        {
            File.Delete(file + Unfinished);
            throw;
        }
        DirectoryFsync.Fsync(path);
        var all = List();
        foreach (var old in BackupRules.Surplus(all.Keys, keep))
            File.Delete(all[old]);
        return new FileInfo(file).Length;
    }

    [GeneratedRegex(@"^campaign-([0-9]{6,18})-[0-9]{8}T[0-9]{6}Z\.backup$")]
    private static partial Regex Name();
}
