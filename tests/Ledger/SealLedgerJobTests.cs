using Campaigns.Db.Ledger;
using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Tests.Ledger;

public sealed class SealLedgerJobTests : IAsyncLifetime
{
    private OneCampaign _house = null!;

    public async Task InitializeAsync() => _house = await new OneCampaign(minBatch: 5).StartAsync();

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task A_new_campaign_has_a_signed_head_of_size_0()
    {
        var head = _house.Ledger.GetHead(_house.Campaign.Id);
        Assert.Equal(0, head.Size);
        Assert.Equal(Convert.ToHexStringLower(MerkleTree.EmptyRoot()), head.Root);
        Assert.Equal(head.Root, Verified(head).Root);
        Assert.Empty(_house.Lines());
    }

    [Fact]
    public async Task Nothing_is_sealed_before_the_batch_is_large_or_old_enough()
    {
        await _house.ConfirmManyAsync(4);
        await _house.SealAsync();
        Assert.Equal(0, _house.Ledger.GetHead(_house.Campaign.Id).Size);

        await _house.ConfirmAsync("fifth@example.org");
        await _house.SealAsync();
        Assert.Equal(5, _house.Ledger.GetHead(_house.Campaign.Id).Size);

        await _house.ConfirmAsync("alone@example.org");
        _house.Clock.Advance(TimeSpan.FromSeconds(59));
        await _house.SealAsync();
        Assert.Equal(5, _house.Ledger.GetHead(_house.Campaign.Id).Size);
        _house.Clock.Advance(TimeSpan.FromSeconds(1));
        await _house.SealAsync();
        Assert.Equal(6, _house.Ledger.GetHead(_house.Campaign.Id).Size);
    }

    [Fact]
    public async Task Lines_counts_links_and_root_agree_with_what_was_confirmed()
    {
        var ids = await _house.ConfirmManyAsync(4);
        ids.Add(await _house.ConfirmAsync("a@example.org", "NL"));
        ids.Add(await _house.ConfirmAsync("b@example.org", "NO"));
        await _house.SignAsync("pending@example.org");
        await _house.SealAsync();

        var head = Verified(_house.Ledger.GetHead(_house.Campaign.Id));
        Assert.Equal(new Dictionary<string, long> { ["GB"] = 4, ["NL"] = 1, ["ZZ"] = 1 }, head.Counts);
        AssertHonest(head);
        foreach (var id in ids)
        {
            var row = _house.Query(connection => connection.QuerySingle<(long N, byte[] Commitment)>("SELECT ledger_n, commitment FROM signatures WHERE id = @id", new { id }));
            var line = LedgerLine.Parse(_house.Lines()[(int)row.N])!;
            Assert.Equal(Convert.ToHexStringLower(row.Commitment), line.Commitment);
            Assert.Equal(id, _house.Query(connection => connection.QuerySingle<long>("SELECT signature_id FROM ledger_entries WHERE n = @N", new { row.N })));
        }
        Assert.Equal(0, _house.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM ledger_queue")));
    }

    [Fact]
    public async Task A_batch_is_shuffled()
    {
        var ids = await _house.ConfirmManyAsync(40);
        await _house.SealAsync();
        var sealedOrder = _house.Query(connection => connection.Query<long>("SELECT signature_id FROM ledger_entries ORDER BY n").ToList());
        Assert.Equal(ids.Order(), sealedOrder.Order());
        Assert.NotEqual(ids, sealedOrder);
    }

    [Fact]
    public async Task A_removal_before_sealing_writes_neither_line()
    {
        var ids = await _house.ConfirmManyAsync(6);
        await _house.WithdrawAsync(ids[0]);
        await _house.EraseAsync(ids[1]);
        await _house.SealAllAsync();
        Assert.Equal(4, _house.Lines().Count);
        Assert.DoesNotContain(_house.Lines(), line => line.Contains("remove", StringComparison.Ordinal));
        AssertHonest(Verified(_house.Ledger.GetHead(_house.Campaign.Id)));
    }

    [Fact]
    public async Task A_removal_after_sealing_writes_one_line_however_often_it_is_asked_for()
    {
        var ids = await _house.ConfirmManyAsync(6);
        await _house.SealAsync();
        var n = _house.Query(connection => connection.QuerySingle<long>("SELECT ledger_n FROM signatures WHERE id = @id", new { id = ids[0] }));
        await _house.WithdrawAsync(ids[0]);
        await _house.WithdrawAsync(ids[0]);
        await _house.EraseAsync(ids[0]);
        await _house.SealAllAsync();
        await _house.SealAllAsync();

        Assert.Equal(7, _house.Lines().Count);
        Assert.Equal(LedgerLine.OfRemove(6, n, "GB", LedgerLine.BySigner).Text, _house.Lines()[6]);
        var head = Verified(_house.Ledger.GetHead(_house.Campaign.Id));
        Assert.Equal(5, head.Counts["GB"]);
        AssertHonest(head);
        var entry = _house.Query(connection => connection.QuerySingle<(long Removed, long RemovedBy, long? Signature)>("SELECT removed, removed_by, signature_id FROM ledger_entries WHERE n = @n", new { n }));
        Assert.Equal((1L, 6L, null), entry);
    }

    [Fact]
    public async Task A_second_remove_of_the_same_entry_in_the_queue_writes_no_line()
    {
        await _house.ConfirmManyAsync(5);
        await _house.SealAsync();
        await _house.Database.Writes.RunAsync(write => write.Connection.Execute(
            """
            INSERT INTO ledger_queue (id, campaign_id, kind, of_n, country, reason, queued_at)
            VALUES (1, @Id, 'remove', 3, 'GB', 'signer', 0), (2, @Id, 'remove', 3, 'GB', 'signer', 0)
            """,
            new { _house.Campaign.Id }));
        await _house.SealAsync();
        Assert.Equal(6, _house.Lines().Count);
        AssertHonest(Verified(_house.Ledger.GetHead(_house.Campaign.Id)));
    }

    [Fact]
    public async Task Running_twice_or_beside_itself_seals_everything_once()
    {
        await _house.ConfirmManyAsync(30);
        await Task.WhenAll(_house.SealAsync(), _house.SealAsync(), _house.SealAsync());
        await _house.SealAsync();
        Assert.Equal(30, _house.Lines().Count);
        AssertHonest(Verified(_house.Ledger.GetHead(_house.Campaign.Id)));
    }

    [Fact]
    public async Task Killed_between_sealing_and_publishing_the_head_is_published_at_the_next_start()
    {
        await _house.ConfirmManyAsync(6);
        Assert.False(await _house.Sealer.SealAsync(_house.Campaign.Id, 5, default));
        Assert.Equal(0, _house.Ledger.GetHead(_house.Campaign.Id).Size);
        Assert.DoesNotContain("head", await File.ReadAllTextAsync(_house.JournalFile), StringComparison.Ordinal);

        await _house.RestartAsync();
        Assert.Equal(6, _house.Ledger.GetHead(_house.Campaign.Id).Size);
        Assert.Contains("\"type\":\"head\"", await File.ReadAllTextAsync(_house.JournalFile), StringComparison.Ordinal);
        AssertHonest(Verified(_house.Ledger.GetHead(_house.Campaign.Id)));
    }

    [Fact]
    public async Task A_batch_that_fails_half_way_leaves_nothing_behind_and_the_others_go_on()
    {
        var other = await _house.CreateAsync("other-campaign");
        await _house.ConfirmManyAsync(6);
        for (var i = 0; i < 6; i++) await _house.ConfirmAsync($"o{i}@example.org", "NL", other);
        // A line that is already there makes the batch fail after some of its statements ran.
        await _house.Database.Writes.RunAsync(write => write.Connection.Execute(
            "INSERT INTO ledger_entries (campaign_id, n, kind, country, line) VALUES (@Id, 3, 'add', 'GB', 'x')", new { _house.Campaign.Id }));

        await Assert.ThrowsAsync<AggregateException>(_house.SealAsync);

        Assert.Equal(0, _house.Ledger.GetHead(_house.Campaign.Id).Size);
        Assert.Equal(6, _house.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM ledger_queue WHERE campaign_id = @Id", new { _house.Campaign.Id })));
        Assert.Equal(0, _house.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM signatures WHERE campaign_id = @Id AND ledger_n IS NOT NULL", new { _house.Campaign.Id })));
        Assert.Equal(6, _house.Ledger.GetHead(other.Id).Size);
    }

    [Fact]
    public async Task A_long_queue_is_sealed_in_slices_and_a_small_rest_goes_along()
    {
        await _house.QueueAsync((2 * LedgerSealer.Slice) + 3);
        await _house.SealAsync();
        var sizes = _house.Query(connection => connection.Query<long>("SELECT size FROM ledger_heads WHERE size > 0 ORDER BY size").ToList());
        Assert.Equal([LedgerSealer.Slice, (2 * LedgerSealer.Slice) + 3], sizes);
    }

    private TreeHead Verified(SignedTreeHead head) =>
        TreeHead.Parse(Jws.Verify(head.Jws, JwkSet.Parse(_house.PublishedKeys())!) ?? throw new InvalidOperationException("The head is not signed."))!;

    /// <summary>What anybody recomputes from the published lines is what the head says.</summary>
    private void AssertHonest(TreeHead head)
    {
        var replay = new LedgerReplay();
        foreach (var line in _house.Lines()) Assert.Null(replay.Add(line));
        Assert.Equal(head.Size, replay.Size);
        Assert.Equal(head.Root, Convert.ToHexStringLower(replay.Root()));
        Assert.Equal(TreeHead.CountsText(head.Counts), TreeHead.CountsText(replay.Counts));
        Assert.Equal(OneCampaign.Slug, head.Campaign);
    }
}
