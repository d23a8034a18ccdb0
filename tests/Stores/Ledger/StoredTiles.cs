using Campaigns.Ledger;

namespace Campaigns.Tests.Stores.Ledger;

/// <summary>
/// Stores tiles between batches like the database: by level and number, replaced when they grew.
/// </summary>
internal sealed class StoredTiles
{
    public Dictionary<(int Level, long Tile), byte[]> Stored { get; } = [];
    public long Size { get; private set; }
    public int Reads { get; private set; }

    /// <summary>Appends one batch; returns how many tiles were written.</summary>
    public int Append(params IEnumerable<byte[]> leaves)
    {
        var tiles = Open();
        foreach (var leaf in leaves)
            tiles.Append(Size++, leaf);
        var changed = tiles.Changed.ToList();
        foreach (var (level, tile, hashes) in changed)
            Stored[(level, tile)] = hashes;
        return changed.Count;
    }

    public byte[] Root(long size) => MerkleTree.Root(size, Open().Node);

    public IReadOnlyList<byte[]> Path(long n, long size) => MerkleTree.Path(n, size, Open().Node);

    public LedgerTiles Open() =>
        new(
            (level, tile) =>
            {
                Reads++;
                return Stored.GetValueOrDefault((level, tile));
            }
        );
}
