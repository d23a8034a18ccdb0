using Campaigns.Db;
using Campaigns.Db.Packets;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Doctor.Data;

/// <summary>
/// The folders that the server writes and that are there, with the setting of each.
/// </summary>
internal sealed class WrittenFolders(
    IOptions<DataOptions> data,
    IOptions<PacketsOptions> packets,
    InstallationRoot root
)
{
    public string Data => root.Resolve(data.Value.Directory);

    public IReadOnlyList<(string Setting, string Path)> Existing =>
        [
            .. new[] { ("Data:Directory", data.Value.Directory), ("Packets:Directory", packets.Value.Directory) }
                .Where(folder => folder.Item2.Length > 0)
                .Select(folder => (folder.Item1, root.Resolve(folder.Item2)))
                .Where(folder => Directory.Exists(folder.Item2)),
        ];
}
