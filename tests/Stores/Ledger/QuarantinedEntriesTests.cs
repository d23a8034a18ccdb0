using Campaigns.Db.Counts;
using Campaigns.Db.Ledger;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Ledger;

/// <summary>
/// Damaged ledger entries do not prevent other entries from being sealed in batches of the required
/// size.
/// </summary>
public sealed class QuarantinedEntriesTests : IAsyncLifetime
{
    private const int MinBatch = 5;
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(MinBatch).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Old_damaged_entry_does_not_cause_a_batch_of_one()
    {
        await DamageAsync(await _fixture.ConfirmAsync("spoilt@example.org"));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        await _fixture.ConfirmAsync("kari@example.org");
        await _fixture.SealAsync();
        await _fixture.SealAsync();
        Assert.Empty(_fixture.Lines());

        for (var i = 2; i < MinBatch; i++)
            await _fixture.ConfirmAsync($"n{i}@example.org");
        await _fixture.SealAsync();
        Assert.Empty(_fixture.Lines());
        await _fixture.ConfirmAsync("last@example.org");
        await _fixture.SealAsync();
        Assert.Equal(MinBatch, _fixture.Lines().Count);
    }

    [Fact]
    public async Task Intact_entry_among_damaged_ones_waits_for_a_full_batch()
    {
        foreach (var id in (await _fixture.ConfirmManyAsync(MinBatch))[1..])
            await DamageAsync(id);
        await _fixture.SealAsync();
        Assert.Empty(_fixture.Lines());
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.SealAsync();
        Assert.Single(_fixture.Lines());
    }

    [Fact]
    public async Task Campaign_with_only_damaged_entries_is_skipped_and_its_counts_stay()
    {
        await DamageAsync(await _fixture.ConfirmAsync("spoilt@example.org"));
        await _fixture.SealAllAsync();
        var counts = await _fixture.Get<LiveCounts>().OfAsync(_fixture.Campaign);
        Assert.Equal(1, counts.Confirmed);
        Assert.Empty(_fixture.Sealer.FindDue(new LedgerOptions { MinBatch = MinBatch }, _fixture.Clock.GetUtcNow()));
        // No time passes here, because on PostgreSQL counts are read again after half a second.
        await _fixture.SealAsync();
        Assert.Same(counts.ByCountry, (await _fixture.Get<LiveCounts>().OfAsync(_fixture.Campaign)).ByCountry);
        await _fixture.SealAllAsync();
        Assert.Equal(counts.ByCountry, (await _fixture.Get<LiveCounts>().OfAsync(_fixture.Campaign)).ByCountry);
        Assert.Single(_fixture.Log.Lines, line => line.Event == LedgerSealer.EntriesDamaged);
        Assert.Contains(
            "1 entries",
            Assert.Single(_fixture.Get<SealingSuspensions>().Reasons),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Intact_entries_are_sealed_in_one_run_despite_many_damaged_ones()
    {
        await _fixture.QueueAsync(LedgerSealer.Slice + (2 * MinBatch), commitment: new byte[7]);
        await _fixture.QueueAsync((2 * LedgerSealer.Slice) + MinBatch, first: 10_000);
        // One damaged entry in each slice.
        await ExecuteAsync("UPDATE ledger_queue SET text_hash = NULL WHERE id IN (10500, 11500)");
        await _fixture.SealAsync();
        Assert.Equal((2 * LedgerSealer.Slice) + MinBatch - 2, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);
        Assert.Equal(LedgerSealer.Slice + (2 * MinBatch) + 2, Queued());
    }

    [Fact]
    public async Task Repaired_entry_is_sealed_with_others_also_after_a_restart()
    {
        var id = await _fixture.ConfirmAsync("spoilt@example.org");
        await DamageAsync(id);
        await _fixture.SealAllAsync();
        await _fixture.RestartAsync();
        await _fixture.SealAsync();
        Assert.Single(_fixture.Get<SealingSuspensions>().Reasons);
        Assert.Equal(0, await MendAsync());

        await ExecuteAsync(
            """
            UPDATE ledger_queue
            SET commitment = (SELECT commitment FROM signatures s WHERE s.id = ledger_queue.signature_id)
            """
        );
        Assert.Equal(1, await MendAsync());
        await _fixture.ConfirmAsync("kari@example.org");
        await _fixture.SealAsync();
        Assert.Empty(_fixture.Get<SealingSuspensions>().Reasons);
        Assert.Empty(_fixture.Lines());
        for (var i = 2; i < MinBatch; i++)
            await _fixture.ConfirmAsync($"n{i}@example.org");
        await _fixture.SealAsync();
        Assert.Equal(MinBatch, _fixture.Lines().Count);
        Assert.Equal(0, _fixture.Get<RecountStore>().Drift(_fixture.Campaign.Id));
    }

    [Fact]
    public async Task Withdrawal_deletes_a_damaged_entry()
    {
        var id = await _fixture.ConfirmAsync("spoilt@example.org");
        await DamageAsync(id);
        await _fixture.SealAllAsync();
        await _fixture.WithdrawAsync(id);
        await _fixture.SealAllAsync();
        Assert.Equal(0, Queued());
        Assert.Empty(_fixture.Get<SealingSuspensions>().Reasons);
    }

    [Fact]
    public async Task Unresolved_removals_trigger_no_batch_and_are_discarded_when_sealing_resumes()
    {
        await ExecuteAsync("UPDATE campaigns SET ledger_behind = 1");
        var id = await _fixture.ConfirmAsync("gone@example.org");
        await _fixture.EraseAsync(id);
        Assert.Equal(
            "owed",
            _fixture.Query(connection => connection.QuerySingle<string>("SELECT state FROM ledger_queue"))
        );
        // As after a server start without a journal that has newer heads.
        await ExecuteAsync("UPDATE campaigns SET ledger_behind = 0");
        _fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        await _fixture.ConfirmAsync("kari@example.org");
        await _fixture.SealAsync();
        Assert.Empty(_fixture.Lines());
        Assert.Equal(2, Queued());
        await _fixture.SealAllAsync();
        Assert.Single(_fixture.Lines());
        Assert.Equal(0, Queued());
        Assert.Empty(_fixture.Get<SealingSuspensions>().Reasons);
    }

    [Fact]
    public async Task Campaign_behind_its_published_ledger_is_never_sealed()
    {
        await ExecuteAsync("UPDATE campaigns SET ledger_behind = 1");
        await _fixture.ConfirmManyAsync(MinBatch);
        Assert.False(await _fixture.Sealer.SealAsync(_fixture.Campaign.Id, MinBatch, default));
        Assert.Equal(MinBatch, Queued());
    }

    private Task<int> MendAsync() => _fixture.Get<QuarantinedEntries>().RequeueRepairedAsync(default);

    private Task<int> DamageAsync(long id) =>
        ExecuteAsync(
            "UPDATE ledger_queue SET commitment = @nothing WHERE signature_id = @id",
            new { id, nothing = new byte[32] }
        );

    private Task<int> ExecuteAsync(string sql, object? parameters = null) =>
        _fixture.Database.Writes.RunAsync(write => write.Connection.Execute(sql, parameters));

    private long Queued() =>
        _fixture.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM ledger_queue"));
}
