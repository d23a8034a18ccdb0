using Campaigns.Crypto;
using Campaigns.Db.Ledger;
using Campaigns.Ledger;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Ledger;

public sealed class SealLedgerJobTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 5).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task New_campaign_has_a_signed_head_of_size_0()
    {
        var head = _fixture.Ledger.GetHead(_fixture.Campaign.Id);
        Assert.Equal(0, head.Size);
        Assert.Equal(Convert.ToHexStringLower(MerkleTree.EmptyRoot()), head.Root);
        Assert.Equal(head.Root, Verified(head).Root);
        Assert.Empty(_fixture.Lines());
    }

    [Fact]
    public async Task Batch_is_sealed_only_when_large_or_old_enough()
    {
        await _fixture.ConfirmManyAsync(4);
        await _fixture.SealAsync();
        Assert.Equal(0, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);

        await _fixture.ConfirmAsync("fifth@example.org");
        await _fixture.SealAsync();
        Assert.Equal(5, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);

        await _fixture.ConfirmAsync("alone@example.org");
        _fixture.Clock.Advance(TimeSpan.FromSeconds(59));
        await _fixture.SealAsync();
        Assert.Equal(5, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);
        _fixture.Clock.Advance(TimeSpan.FromSeconds(1));
        await _fixture.SealAsync();
        Assert.Equal(6, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);
    }

    [Fact]
    public async Task Lines_counts_links_and_root_match_the_confirmed_signatures()
    {
        var ids = await _fixture.ConfirmManyAsync(4);
        ids.Add(await _fixture.ConfirmAsync("a@example.org", "NL"));
        ids.Add(await _fixture.ConfirmAsync("b@example.org", "NO"));
        await _fixture.SignAsync("pending@example.org");
        await _fixture.SealAsync();

        var head = Verified(_fixture.Ledger.GetHead(_fixture.Campaign.Id));
        Assert.Equal(
            new Dictionary<string, long>
            {
                ["GB"] = 4,
                ["NL"] = 1,
                ["ZZ"] = 1,
            },
            head.Counts
        );
        AssertMatchesLines(head);
        foreach (var id in ids)
        {
            var row = _fixture.Query(connection =>
                connection.QuerySingle<(long N, byte[] Commitment)>(
                    "SELECT ledger_n, commitment FROM signatures WHERE id = @id",
                    new { id }
                )
            );
            var line = LedgerLine.Parse(_fixture.Lines()[(int)row.N])!;
            Assert.Equal(Convert.ToHexStringLower(row.Commitment), line.Commitment);
            Assert.Equal(
                id,
                _fixture.Query(connection =>
                    connection.QuerySingle<long>("SELECT signature_id FROM ledger_entries WHERE n = @N", new { row.N })
                )
            );
        }
        Assert.Equal(
            0,
            _fixture.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM ledger_queue"))
        );
    }

    [Fact]
    public async Task Batch_is_shuffled()
    {
        var ids = await _fixture.ConfirmManyAsync(40);
        await _fixture.SealAsync();
        var sealedOrder = _fixture.Query(connection =>
            connection.Query<long>("SELECT signature_id FROM ledger_entries ORDER BY n").ToList()
        );
        Assert.Equal(ids.Order(), sealedOrder.Order());
        Assert.NotEqual(ids, sealedOrder);
    }

    [Fact]
    public async Task Removal_before_sealing_writes_no_line()
    {
        var ids = await _fixture.ConfirmManyAsync(6);
        await _fixture.WithdrawAsync(ids[0]);
        await _fixture.EraseAsync(ids[1]);
        await _fixture.SealAllAsync();
        Assert.Equal(4, _fixture.Lines().Count);
        Assert.DoesNotContain(_fixture.Lines(), line => line.Contains("remove", StringComparison.Ordinal));
        AssertMatchesLines(Verified(_fixture.Ledger.GetHead(_fixture.Campaign.Id)));
    }

    [Fact]
    public async Task Repeated_removal_after_sealing_writes_one_line()
    {
        var ids = await _fixture.ConfirmManyAsync(6);
        await _fixture.SealAsync();
        var n = _fixture.Query(connection =>
            connection.QuerySingle<long>("SELECT ledger_n FROM signatures WHERE id = @id", new { id = ids[0] })
        );
        await _fixture.WithdrawAsync(ids[0]);
        await _fixture.WithdrawAsync(ids[0]);
        await _fixture.EraseAsync(ids[0]);
        await _fixture.SealAllAsync();
        await _fixture.SealAllAsync();

        Assert.Equal(7, _fixture.Lines().Count);
        Assert.Equal(LedgerLine.OfRemove(6, n, "GB", LedgerLine.BySigner).Text, _fixture.Lines()[6]);
        var head = Verified(_fixture.Ledger.GetHead(_fixture.Campaign.Id));
        Assert.Equal(5, head.Counts["GB"]);
        AssertMatchesLines(head);
        var entry = _fixture.Query(connection =>
            connection.QuerySingle<(long Removed, long RemovedBy, long? Signature)>(
                "SELECT removed, removed_by, signature_id FROM ledger_entries WHERE n = @n",
                new { n }
            )
        );
        Assert.Equal((1L, 6L, null), entry);
    }

    [Fact]
    public async Task Second_queued_removal_of_an_entry_writes_no_line()
    {
        await _fixture.ConfirmManyAsync(5);
        await _fixture.SealAsync();
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                """
                INSERT INTO ledger_queue (id, campaign_id, kind, of_n, country, reason, queued_at)
                VALUES (1, @Id, 'remove', 3, 'GB', 'signer', 0), (2, @Id, 'remove', 3, 'GB', 'signer', 0)
                """,
                new { _fixture.Campaign.Id }
            )
        );
        await _fixture.SealAsync();
        Assert.Equal(6, _fixture.Lines().Count);
        AssertMatchesLines(Verified(_fixture.Ledger.GetHead(_fixture.Campaign.Id)));
    }

    [Fact]
    public async Task Repeated_and_concurrent_runs_seal_each_entry_once()
    {
        await _fixture.ConfirmManyAsync(30);
        await Task.WhenAll(_fixture.SealAsync(), _fixture.SealAsync(), _fixture.SealAsync());
        await _fixture.SealAsync();
        Assert.Equal(30, _fixture.Lines().Count);
        AssertMatchesLines(Verified(_fixture.Ledger.GetHead(_fixture.Campaign.Id)));
    }

    [Fact]
    public async Task Head_unpublished_by_a_kill_is_published_at_the_next_start()
    {
        await _fixture.ConfirmManyAsync(6);
        Assert.False(await _fixture.Sealer.SealAsync(_fixture.Campaign.Id, 5, default));
        Assert.Equal(0, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);
        Assert.DoesNotContain("head", await File.ReadAllTextAsync(_fixture.JournalFile), StringComparison.Ordinal);

        await _fixture.RestartAsync();
        Assert.Equal(6, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);
        Assert.Contains(
            "\"type\":\"head\"",
            await File.ReadAllTextAsync(_fixture.JournalFile),
            StringComparison.Ordinal
        );
        AssertMatchesLines(Verified(_fixture.Ledger.GetHead(_fixture.Campaign.Id)));
    }

    [Fact]
    public async Task Failed_batch_is_rolled_back_and_other_campaigns_are_sealed()
    {
        var other = await _fixture.CreateAsync("other-campaign");
        await _fixture.ConfirmManyAsync(6);
        for (var i = 0; i < 6; i++)
            await _fixture.ConfirmAsync($"o{i}@example.org", "NL", other);
        // An existing line makes the batch fail after some of its statements ran.
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "INSERT INTO ledger_entries (campaign_id, n, kind, country, line) VALUES (@Id, 3, 'add', 'GB', 'x')",
                new { _fixture.Campaign.Id }
            )
        );

        await Assert.ThrowsAsync<AggregateException>(_fixture.SealAsync);

        Assert.Equal(0, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);
        Assert.Equal(
            6,
            _fixture.Query(connection =>
                connection.QuerySingle<long>(
                    "SELECT count(*) FROM ledger_queue WHERE campaign_id = @Id",
                    new { _fixture.Campaign.Id }
                )
            )
        );
        Assert.Equal(
            0,
            _fixture.Query(connection =>
                connection.QuerySingle<long>(
                    "SELECT count(*) FROM signatures WHERE campaign_id = @Id AND ledger_n IS NOT NULL",
                    new { _fixture.Campaign.Id }
                )
            )
        );
        Assert.Equal(6, _fixture.Ledger.GetHead(other.Id).Size);
    }

    [Fact]
    public async Task Long_queue_is_sealed_in_slices_including_a_small_remainder()
    {
        await _fixture.QueueAsync((2 * LedgerSealer.Slice) + 3);
        await _fixture.SealAsync();
        var sizes = _fixture.Query(connection =>
            connection.Query<long>("SELECT size FROM ledger_heads WHERE size > 0 ORDER BY size").ToList()
        );
        Assert.Equal([LedgerSealer.Slice, (2 * LedgerSealer.Slice) + 3], sizes);
    }

    private TreeHead Verified(SignedTreeHead head) =>
        TreeHead.Parse(
            Jws.Verify(head.Jws, JwkSet.Parse(_fixture.PublishedKeys())!)
                ?? throw new InvalidOperationException("The head is not signed.")
        )!;

    /// <summary>The root recomputed from the published lines is the root of the head.</summary>
    private void AssertMatchesLines(TreeHead head)
    {
        var replay = new LedgerReplay();
        foreach (var line in _fixture.Lines())
            Assert.Null(replay.Add(line));
        Assert.Equal(head.Size, replay.Size);
        Assert.Equal(head.Root, Convert.ToHexStringLower(replay.Root()));
        Assert.Equal(TreeHead.CountsText(head.Counts), TreeHead.CountsText(replay.Counts));
        Assert.Equal(CampaignFixture.Slug, head.Campaign);
    }
}
