namespace Campaigns.Ledger;

/// <summary>
/// Computes the root of a stream of leaves. Memory grows with the logarithm of their number.
/// </summary>
public sealed class CompactRange
{
    // The complete subtrees of the tree by level: one for every bit set in Size.
    private readonly Dictionary<int, byte[]> _complete = [];

    public long Size { get; private set; }

    public void Add(byte[] leafHash)
    {
        var level = 0;
        var hash = leafHash;
        for (var size = Size; (size & 1) == 1; size >>= 1)
        {
            hash = MerkleTree.Node(_complete[level], hash);
            _complete.Remove(level++);
        }
        _complete[level] = hash;
        Size++;
    }

    public byte[] Root() => MerkleTree.Root(Size, (level, _) => _complete[level]);
}
