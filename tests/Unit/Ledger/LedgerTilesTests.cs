using Campaigns.Tests.Stores.Ledger;

namespace Campaigns.Tests.Unit.Ledger;

public sealed class LedgerTilesTests
{
    [Fact]
    public void Batches_of_any_size_leave_the_same_tiles()
    {
        var leaves = NaiveTree.Leaves(1_000);
        var whole = new StoredTiles();
        whole.Append(leaves);

        var random = new Random(1);
        var inBatches = new StoredTiles();
        while (inBatches.Size < leaves.Length)
            inBatches.Append(leaves.Skip((int)inBatches.Size).Take(random.Next(1, 300)));

        Assert.Equal(whole.Stored.OrderBy(pair => pair.Key), inBatches.Stored.OrderBy(pair => pair.Key));
    }

    [Fact]
    public void Level_one_holds_the_roots_of_full_tiles_and_level_two_those_of_level_one()
    {
        var leaves = NaiveTree.Leaves(70_000);
        var tiles = new StoredTiles();
        tiles.Append(leaves);

        Assert.Equal((70_000 + 255) / 256, tiles.Stored.Keys.Count(key => key.Level == 0));
        Assert.Equal(2, tiles.Stored.Keys.Count(key => key.Level == 1));
        Assert.Equal(1, tiles.Stored.Keys.Count(key => key.Level == 2));
        Assert.Equal(leaves.Take(256).SelectMany(leaf => leaf), tiles.Stored[(0, 0)]);
        Assert.Equal(NaiveTree.Root(leaves.AsSpan(0, 65_536)), tiles.Stored[(2, 0)]);
        Assert.Equal(NaiveTree.Root(leaves.AsSpan(256, 256)), tiles.Stored[(1, 0)][32..64]);
    }

    [Fact]
    public void Small_batch_and_proof_touch_few_tiles_of_a_large_ledger()
    {
        var tiles = new StoredTiles();
        tiles.Append(NaiveTree.Leaves(70_000));
        var before = tiles.Reads;

        Assert.Equal(1, tiles.Append(NaiveTree.Leaves(20)));
        Assert.Equal(before + 1, tiles.Reads);
        tiles.Path(12_345, tiles.Size);
        Assert.InRange(tiles.Reads - before, 1, 8);
    }

    [Fact]
    public void Node_beyond_the_ledger_is_refused()
    {
        var tiles = new StoredTiles();
        tiles.Append(NaiveTree.Leaves(300));
        Assert.Throws<InvalidOperationException>(() => tiles.Root(301));
        Assert.Throws<InvalidOperationException>(() => tiles.Open().Node(8, 1));
    }

    [Fact]
    public void Append_at_a_wrong_position_is_refused()
    {
        var tiles = new StoredTiles();
        tiles.Append(NaiveTree.Leaves(10));
        Assert.Throws<InvalidOperationException>(() => tiles.Open().Append(9, new byte[32]));
        Assert.Throws<InvalidOperationException>(() => tiles.Open().Append(11, new byte[32]));
    }
}
