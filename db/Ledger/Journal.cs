using System.Globalization;
using System.Text;

namespace Campaigns.Db.Ledger;

/// <summary>
/// The append-only file outside the database: what must survive a restored backup. Lines of JSON with ids only, each on disk before the
/// call returns.
/// </summary>
public sealed class Journal : IDisposable
{
    private readonly FileStream _file;
    private readonly Lock _gate = new();

    public Journal(string path) => _file = OwnerOnly.Open(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);

    /// <summary>Notes erasures, before the commit that carries them out. An empty list writes nothing.</summary>
    public void AppendErasures(IReadOnlyList<(long Campaign, long Signature)> erasures, DateTimeOffset at)
    {
        if (erasures.Count == 0) return;
        var lines = new StringBuilder();
        foreach (var (campaign, signature) in erasures)
            lines.Append(CultureInfo.InvariantCulture, $$"""{"at":"{{Instant.Text(at)}}","type":"erase","campaign":"{{campaign}}","signature":"{{signature}}"}""").Append('\n');
        Append(lines.ToString());
    }

    public void Dispose() => _file.Dispose();

    private void Append(string lines)
    {
        lock (_gate)
        {
            _file.Write(Encoding.UTF8.GetBytes(lines));
            _file.Flush(flushToDisk: true);
        }
    }
}
