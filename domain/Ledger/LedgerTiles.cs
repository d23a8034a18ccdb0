namespace Campaigns.Ledger;

/// <summary>
/// The hashes of complete subtrees in tiles of 256, eight levels of the tree high. Tile <c>t</c> of
/// tile level <c>L</c> has the nodes <c>256·t … 256·t + 255</c> of tree level <c>8·L</c>, 32 bytes
/// each. The levels between are computed on demand within one tile. Tiles only grow, and a full
/// tile never changes. Appending changes only the last tile of each level, however large the
/// ledger.
/// </summary>
/// <param name="read">Reads a stored tile by level and number; returns null if there is none.
/// Called at most once for each tile.</param>
public sealed class LedgerTiles(Func<int, long, byte[]?> read)
{
    private const int Width = 256;
    private const int Height = 8;

    private readonly Dictionary<(int Level, long Tile), List<byte[]>> _tiles = [];
    private readonly HashSet<(int Level, long Tile)> _changed = [];

    /// <summary>Returns the hash of a complete subtree, for <see cref="MerkleTree"/>.</summary>
    /// <exception cref="InvalidOperationException">The ledger has too few lines for this
    /// node.</exception>
    public byte[] Node(int level, long index)
    {
        var within = level % Height;
        var first = index << within;
        var hashes = Tile(level / Height, first / Width);
        var offset = (int)(first % Width);
        if (hashes.Count < offset + (1 << within))
            throw new InvalidOperationException($"The ledger has no node {index} at level {level}.");
        return Fold(hashes, offset, 1 << within);
    }

    /// <summary>Appends the leaf after the first <paramref name="size"/> leaves.</summary>
    public void Append(long size, byte[] leafHash)
    {
        var index = size;
        var hash = leafHash;
        for (var level = 0; ; level++)
        {
            var (tile, slot) = (index / Width, (int)(index % Width));
            var hashes = Tile(level, tile);
            if (hashes.Count != slot)
                throw new InvalidOperationException(
                    $"Tile {tile} of level {level} has {hashes.Count} hashes and should have {slot}."
                );
            hashes.Add(hash);
            _changed.Add((level, tile));
            if (slot < Width - 1)
                return;
            hash = Fold(hashes, 0, Width);
            index = tile;
        }
    }

    /// <summary>
    /// The changed tiles. They must be stored in the same transaction as the lines.
    /// </summary>
    public IEnumerable<(int Level, long Tile, byte[] Hashes)> Changed =>
        _changed.Order().Select(key => (key.Level, key.Tile, _tiles[key].SelectMany(hash => hash).ToArray()));

    private List<byte[]> Tile(int level, long tile)
    {
        if (_tiles.TryGetValue((level, tile), out var hashes))
            return hashes;
        hashes = [.. (read(level, tile) ?? []).Chunk(MerkleTree.HashBytes)];
        return _tiles[(level, tile)] = hashes;
    }

    private static byte[] Fold(List<byte[]> hashes, int offset, int count) =>
        count == 1
            ? hashes[offset]
            : MerkleTree.Node(Fold(hashes, offset, count / 2), Fold(hashes, offset + (count / 2), count / 2));
}
