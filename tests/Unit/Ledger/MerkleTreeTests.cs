using Campaigns.Ledger;
using Campaigns.Tests.Stores.Ledger;

namespace Campaigns.Tests.Unit.Ledger;

public sealed class MerkleTreeTests
{
    private static readonly string[] _entries =
    [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];

    private static readonly string[] _roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9c",
        "fac54203",
        "aeb6bcfe",
        "d37ee418",
        "4e3bbb1f",
        "76e67dad",
        "ddb89be4",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    [Fact]
    public void Roots_match_the_RFC_6962_test_vectors()
    {
        var range = new CompactRange();
        for (var size = 0; size <= 8; size++)
        {
            if (size > 0)
                range.Add(MerkleTree.Leaf(Convert.FromHexString(_entries[size - 1])));
            var leaves = _entries[..size].Select(entry => MerkleTree.Leaf(Convert.FromHexString(entry))).ToArray();
            Assert.StartsWith(
                _roots[size],
                Convert.ToHexStringLower(Tiles(leaves).Root(size)),
                StringComparison.Ordinal
            );
            Assert.StartsWith(_roots[size], Convert.ToHexStringLower(range.Root()), StringComparison.Ordinal);
            Assert.StartsWith(_roots[size], Convert.ToHexStringLower(NaiveTree.Root(leaves)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Small_trees_match_the_naive_implementation()
    {
        var all = NaiveTree.Leaves(70);
        var tiles = Tiles(all);
        for (var size = 1; size <= 70; size++)
        {
            var leaves = all[..size];
            var root = tiles.Root(size);
            Assert.Equal(NaiveTree.Root(leaves), root);
            for (var n = 0; n < size; n++)
            {
                var path = tiles.Path(n, size);
                Assert.Equal(NaiveTree.Path(n, leaves), path);
                Assert.True(MerkleTree.Verify(leaves[n], n, size, path, root));
            }
        }
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    [InlineData(65_536)]
    [InlineData(70_000)]
    public void Large_trees_match_the_naive_implementation_at_sampled_sizes(int count)
    {
        var leaves = NaiveTree.Leaves(count);
        var tiles = Tiles(leaves);
        var range = new CompactRange();
        foreach (var leaf in leaves)
            range.Add(leaf);
        Assert.Equal(NaiveTree.Root(leaves), range.Root());

        foreach (
            var size in new[] { 1, 2, count / 3, (count / 256 * 256) + 1, count - 1, count }
                .Where(size => size > 0 && size <= count)
                .Distinct()
        )
        {
            var root = tiles.Root(size);
            Assert.Equal(NaiveTree.Root(leaves.AsSpan(0, size)), root);
            foreach (var n in new[] { 0, size / 2, size - 1 }.Distinct())
            {
                var path = tiles.Path(n, size);
                Assert.Equal(NaiveTree.Path(n, leaves.AsSpan(0, size)), path);
                Assert.True(MerkleTree.Verify(leaves[n], n, size, path, root));
            }
        }
    }

    [Fact]
    public void Proof_is_valid_for_one_leaf_one_position_and_one_root_only()
    {
        var leaves = NaiveTree.Leaves(13);
        var tiles = Tiles(leaves);
        var root = tiles.Root(13);
        var path = tiles.Path(5, 13);

        Assert.True(MerkleTree.Verify(leaves[5], 5, 13, path, root));
        Assert.False(MerkleTree.Verify(leaves[4], 5, 13, path, root));
        Assert.False(MerkleTree.Verify(leaves[5], 4, 13, path, root));
        Assert.False(MerkleTree.Verify(leaves[5], 5, 12, path, tiles.Root(12)));
        Assert.False(MerkleTree.Verify(leaves[5], 5, 13, path, tiles.Root(12)));
        Assert.False(MerkleTree.Verify(leaves[5], 13, 13, path, root));
        Assert.False(MerkleTree.Verify(leaves[5], -1, 13, path, root));
        Assert.False(MerkleTree.Verify(leaves[5], 5, 13, [.. path, leaves[0]], root));
        Assert.False(MerkleTree.Verify(leaves[5], 5, 13, [.. path.Skip(1)], root));
        Assert.False(
            MerkleTree.Verify(
                leaves[5],
                5,
                13,
                [
                    [.. path[0][..31]],
                    .. path.Skip(1),
                ],
                root
            )
        );
        for (var i = 0; i < path.Count; i++)
        {
            byte[][] bent = [.. path.Select(hash => hash.ToArray())];
            bent[i][7] ^= 1;
            Assert.False(MerkleTree.Verify(leaves[5], 5, 13, bent, root));
        }
    }

    private static StoredTiles Tiles(byte[][] leaves)
    {
        var tiles = new StoredTiles();
        tiles.Append(leaves);
        return tiles;
    }
}
