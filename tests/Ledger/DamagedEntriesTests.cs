using Campaigns.Db.Counts;
using Campaigns.Db.Ledger;
using Dapper;

namespace Campaigns.Tests.Ledger;

/// <summary>
/// Entries that cannot be sealed keep nobody else from being sealed, and from being sealed among
/// others.
/// </summary>
public sealed class DamagedEntriesTests : IAsyncLifetime
{
    private const int MinBatch = 5;
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(MinBatch).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Nobody_is_sealed_alone_because_an_entry_that_is_older_than_the_delay_is_damaged()
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
    public async Task Who_is_left_of_a_batch_whose_others_are_damaged_waits_for_company()
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
    public async Task A_campaign_where_all_that_waits_is_damaged_is_not_looked_at_again_and_its_counts_do_not_move()
    {
        await DamageAsync(await _fixture.ConfirmAsync("spoilt@example.org"));
        await _fixture.SealAllAsync();
        var counts = await _fixture.Get<LiveCounts>().OfAsync(_fixture.Campaign);
        Assert.Equal(1, counts.Confirmed);
        Assert.Empty(_fixture.Sealer.FindDue(new LedgerOptions { MinBatch = MinBatch }, _fixture.Clock.GetUtcNow()));
        await _fixture.SealAllAsync();
        Assert.Same(counts.ByCountry, (await _fixture.Get<LiveCounts>().OfAsync(_fixture.Campaign)).ByCountry);
        Assert.Single(_fixture.Log.Lines, line => line.Event == LedgerSealer.EntriesDamaged);
        Assert.Contains(
            "1 entries",
            Assert.Single(_fixture.Get<SealingSuspensions>().Reasons),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task More_damaged_entries_than_a_batch_takes_leave_the_rest_to_be_sealed_in_one_run()
    {
        await _fixture.QueueAsync(LedgerSealer.Slice + (2 * MinBatch), commitment: new byte[7]);
        await _fixture.QueueAsync((2 * LedgerSealer.Slice) + MinBatch, first: 10_000);
        // One among each slice.
        await ExecuteAsync("UPDATE ledger_queue SET text_hash = NULL WHERE id IN (10500, 11500)");
        await _fixture.SealAsync();
        Assert.Equal((2 * LedgerSealer.Slice) + MinBatch - 2, _fixture.Ledger.GetHead(_fixture.Campaign.Id).Size);
        Assert.Equal(LedgerSealer.Slice + (2 * MinBatch) + 2, Queued());
    }

    [Fact]
    public async Task A_mended_entry_is_sealed_by_itself_among_others_also_after_a_restart()
    {
        var id = await _fixture.ConfirmAsync("spoilt@example.org");
        await DamageAsync(id);
        await _fixture.SealAllAsync();
        await _fixture.RestartAsync();
        await _fixture.SealAsync();
        Assert.Single(_fixture.Get<SealingSuspensions>().Reasons);
        Assert.Equal(0, await MendAsync());

        await ExecuteAsync(
            "UPDATE ledger_queue SET commitment = (SELECT commitment FROM signatures s WHERE s.id = ledger_queue.signature_id)"
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
    public async Task Who_withdraws_takes_a_damaged_entry_along()
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
    public async Task What_is_owed_to_an_import_makes_no_batch_due_and_goes_once_the_ledger_goes_on_without_it()
    {
        await ExecuteAsync("UPDATE campaigns SET ledger_behind = 1");
        var id = await _fixture.ConfirmAsync("gone@example.org");
        await _fixture.EraseAsync(id);
        Assert.Equal(
            "owed",
            _fixture.Query(connection => connection.QuerySingle<string>("SELECT state FROM ledger_queue"))
        );
        // As when a server starts that finds no journal which knows more.
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
    public async Task A_campaign_that_is_behind_its_published_ledger_is_not_sealed_whoever_asks()
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
