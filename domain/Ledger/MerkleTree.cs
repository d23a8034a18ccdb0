using System.Numerics;
using System.Security.Cryptography;

namespace Campaigns.Ledger;

/// <summary>
/// The tree of RFC 6962, section 2.1: leaf = SHA-256(0x00 ‖ entry), node = SHA-256(0x01 ‖ left ‖
/// right). The functions need only the hashes of complete subtrees: <c>node(level, index)</c>
/// covers the leaves from <c>index · 2^level</c> up to, not including, <c>(index + 1) ·
/// 2^level</c>. Such a hash never changes once its leaves exist, so every earlier tree can be
/// computed from them.
/// </summary>
public static class MerkleTree
{
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>The root of the empty tree: SHA-256 of no bytes.</summary>
    public static byte[] EmptyRoot() => SHA256.HashData([]);

    public static byte[] Leaf(ReadOnlySpan<byte> entry)
    {
        Span<byte> message = entry.Length < 512 ? stackalloc byte[entry.Length + 1] : new byte[entry.Length + 1];
        message[0] = 0;
        entry.CopyTo(message[1..]);
        return SHA256.HashData(message);
    }

    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> message = stackalloc byte[1 + (2 * HashBytes)];
        message[0] = 1;
        left.CopyTo(message[1..]);
        right.CopyTo(message[(1 + HashBytes)..]);
        return SHA256.HashData(message);
    }

    public static byte[] Root(long size, Func<int, long, byte[]> node)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return size == 0 ? EmptyRoot() : Range(0, size, node);
    }

    /// <summary>
    /// Returns the inclusion path of leaf <paramref name="n"/> in the tree of the first
    /// <paramref name="size"/> leaves, from the leaf upwards.
    /// </summary>
    public static IReadOnlyList<byte[]> Path(long n, long size, Func<int, long, byte[]> node)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(n, size);
        var path = new List<byte[]>();
        long start = 0;
        while (size > 1)
        {
            var left = 1L << SplitLevel(size);
            if (n < start + left)
            {
                path.Add(Range(start + left, size - left, node));
                size = left;
            }
            else
            {
                path.Add(Range(start, left, node));
                start += left;
                size -= left;
            }
        }
        path.Reverse();
        return path;
    }

    /// <summary>
    /// True when the path leads from the leaf to the root (RFC 9162, section 2.1.3.2).
    /// </summary>
    public static bool Verify(
        ReadOnlySpan<byte> leaf,
        long n,
        long size,
        IReadOnlyList<byte[]> path,
        ReadOnlySpan<byte> root
    )
    {
        if (n < 0 || n >= size)
            return false;
        var (index, last) = (n, size - 1);
        var hash = leaf.ToArray();
        foreach (var sibling in path)
        {
            if (last == 0 || sibling.Length != HashBytes)
                return false;
            if ((index & 1) == 1 || index == last)
            {
                hash = Node(sibling, hash);
                // A leaf on the right edge of an incomplete tree has no sibling on these levels.
                while ((index & 1) == 0 && index != 0)
                    (index, last) = (index >> 1, last >> 1);
            }
            else
            {
                hash = Node(hash, sibling);
            }
            (index, last) = (index >> 1, last >> 1);
        }
        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>
    /// The root over <paramref name="size"/> leaves from <paramref name="start"/>, which is a
    /// multiple of the largest power of two in size.
    /// </summary>
    private static byte[] Range(long start, long size, Func<int, long, byte[]> node)
    {
        if (BitOperations.IsPow2(size))
        {
            var level = BitOperations.Log2((ulong)size);
            return node(level, start >> level);
        }
        var split = SplitLevel(size);
        return Node(node(split, start >> split), Range(start + (1L << split), size - (1L << split), node));
    }

    /// <summary>
    /// The level of the largest power of two smaller than <paramref name="size"/>.
    /// </summary>
    private static int SplitLevel(long size) => BitOperations.Log2((ulong)size - 1);
}
