using Campaigns.Ledger;

namespace Campaigns.Tests.Unit.Ledger;

/// <summary>
/// RFC 6962, section 2.1, implemented literally: slow, and shares only the two hash functions with
/// the code under test.
/// </summary>
internal static class NaiveTree
{
    public static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 0)
            return System.Security.Cryptography.SHA256.HashData([]);
        if (leaves.Length == 1)
            return leaves[0];
        var split = Split(leaves.Length);
        return MerkleTree.Node(Root(leaves[..split]), Root(leaves[split..]));
    }

    public static List<byte[]> Path(int n, ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
            return [];
        var split = Split(leaves.Length);
        return n < split
            ? [.. Path(n, leaves[..split]), Root(leaves[split..])]
            : [.. Path(n - split, leaves[split..]), Root(leaves[..split])];
    }

    public static byte[][] Leaves(int count) =>
        [.. Enumerable.Range(0, count).Select(n => MerkleTree.Leaf(BitConverter.GetBytes(n)))];

    private static int Split(int size)
    {
        var split = 1;
        while (split * 2 < size)
            split *= 2;
        return split;
    }
}
