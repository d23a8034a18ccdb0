using Campaigns.Db.Counts;
using Campaigns.Db.Ledger;
using Dapper;

namespace Campaigns.Tests.Ledger;

/// <summary>Entries that cannot be sealed keep nobody else from being sealed, and from being sealed among others.</summary>
public sealed class DamagedEntriesTests : IAsyncLifetime
{
    private const int MinBatch = 5;
    private OneCampaign _house = null!;

    public async Task InitializeAsync() => _house = await new OneCampaign(MinBatch).StartAsync();

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task Nobody_is_sealed_alone_because_an_entry_that_is_older_than_the_delay_is_damaged()
    {
        await DamageAsync(await _house.ConfirmAsync("spoilt@example.org"));
        _house.Clock.Advance(TimeSpan.FromMinutes(2));
        await _house.ConfirmAsync("kari@example.org");
        await _house.SealAsync();
        await _house.SealAsync();
        Assert.Empty(_house.Lines());

        for (var i = 2; i < MinBatch; i++) await _house.ConfirmAsync($"n{i}@example.org");
        await _house.SealAsync();
        Assert.Empty(_house.Lines());
        await _house.ConfirmAsync("last@example.org");
        await _house.SealAsync();
        Assert.Equal(MinBatch, _house.Lines().Count);
    }

    [Fact]
    public async Task Who_is_left_of_a_batch_whose_others_are_damaged_waits_for_company()
    {
        foreach (var id in (await _house.ConfirmManyAsync(MinBatch))[1..]) await DamageAsync(id);
        await _house.SealAsync();
        Assert.Empty(_house.Lines());
        _house.Clock.Advance(TimeSpan.FromMinutes(1));
        await _house.SealAsync();
        Assert.Single(_house.Lines());
    }

    [Fact]
    public async Task A_campaign_where_all_that_waits_is_damaged_is_not_looked_at_again_and_its_counts_do_not_move()
    {
        await DamageAsync(await _house.ConfirmAsync("spoilt@example.org"));
        await _house.SealAllAsync();
        var counts = await _house.Get<LiveCounts>().OfAsync(_house.Campaign);
        Assert.Equal(1, counts.Confirmed);
        Assert.Empty(_house.Sealer.FindDue(new LedgerOptions { MinBatch = MinBatch }, _house.Clock.GetUtcNow()));
        await _house.SealAllAsync();
        Assert.Same(counts.ByCountry, (await _house.Get<LiveCounts>().OfAsync(_house.Campaign)).ByCountry);
        Assert.Single(_house.Log.Lines, line => line.Event == LedgerSealer.EntriesDamaged);
        Assert.Contains("1 entries", Assert.Single(_house.Get<SealingSuspensions>().Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_damaged_entries_than_a_batch_takes_leave_the_rest_to_be_sealed_in_one_run()
    {
        await _house.QueueAsync(LedgerSealer.Slice + (2 * MinBatch), commitment: new byte[7]);
        await _house.QueueAsync((2 * LedgerSealer.Slice) + MinBatch, first: 10_000);
        // One among each slice.
        await ExecuteAsync("UPDATE ledger_queue SET text_hash = NULL WHERE id IN (10500, 11500)");
        await _house.SealAsync();
        Assert.Equal((2 * LedgerSealer.Slice) + MinBatch - 2, _house.Ledger.GetHead(_house.Campaign.Id).Size);
        Assert.Equal(LedgerSealer.Slice + (2 * MinBatch) + 2, Queued());
    }

    [Fact]
    public async Task A_mended_entry_is_sealed_by_itself_among_others_also_after_a_restart()
    {
        var id = await _house.ConfirmAsync("spoilt@example.org");
        await DamageAsync(id);
        await _house.SealAllAsync();
        await _house.RestartAsync();
        await _house.SealAsync();
        Assert.Single(_house.Get<SealingSuspensions>().Reasons);
        Assert.Equal(0, await MendAsync());

        await ExecuteAsync("UPDATE ledger_queue SET commitment = (SELECT commitment FROM signatures s WHERE s.id = ledger_queue.signature_id)");
        Assert.Equal(1, await MendAsync());
        await _house.ConfirmAsync("kari@example.org");
        await _house.SealAsync();
        Assert.Empty(_house.Get<SealingSuspensions>().Reasons);
        Assert.Empty(_house.Lines());
        for (var i = 2; i < MinBatch; i++) await _house.ConfirmAsync($"n{i}@example.org");
        await _house.SealAsync();
        Assert.Equal(MinBatch, _house.Lines().Count);
        Assert.Equal(0, _house.Get<RecountStore>().Drift(_house.Campaign.Id));
    }

    [Fact]
    public async Task Who_withdraws_takes_a_damaged_entry_along()
    {
        var id = await _house.ConfirmAsync("spoilt@example.org");
        await DamageAsync(id);
        await _house.SealAllAsync();
        await _house.WithdrawAsync(id);
        await _house.SealAllAsync();
        Assert.Equal(0, Queued());
        Assert.Empty(_house.Get<SealingSuspensions>().Reasons);
    }

    [Fact]
    public async Task What_is_owed_to_an_import_makes_no_batch_due_and_goes_once_the_ledger_goes_on_without_it()
    {
        await ExecuteAsync("UPDATE campaigns SET ledger_behind = 1");
        var id = await _house.ConfirmAsync("gone@example.org");
        await _house.EraseAsync(id);
        Assert.Equal("owed", _house.Query(connection => connection.QuerySingle<string>("SELECT state FROM ledger_queue")));
        // As when a server starts that finds no journal which knows more.
        await ExecuteAsync("UPDATE campaigns SET ledger_behind = 0");
        _house.Clock.Advance(TimeSpan.FromMinutes(2));
        await _house.ConfirmAsync("kari@example.org");
        await _house.SealAsync();
        Assert.Empty(_house.Lines());
        Assert.Equal(2, Queued());
        await _house.SealAllAsync();
        Assert.Single(_house.Lines());
        Assert.Equal(0, Queued());
        Assert.Empty(_house.Get<SealingSuspensions>().Reasons);
    }

    [Fact]
    public async Task A_campaign_that_is_behind_its_published_ledger_is_not_sealed_whoever_asks()
    {
        await ExecuteAsync("UPDATE campaigns SET ledger_behind = 1");
        await _house.ConfirmManyAsync(MinBatch);
        Assert.False(await _house.Sealer.SealAsync(_house.Campaign.Id, MinBatch, default));
        Assert.Equal(MinBatch, Queued());
    }

    private Task<int> MendAsync() => _house.Get<QuarantinedEntries>().RequeueRepairedAsync(default);

    private Task<int> DamageAsync(long id) => ExecuteAsync("UPDATE ledger_queue SET commitment = @nothing WHERE signature_id = @id", new { id, nothing = new byte[32] });

    private Task<int> ExecuteAsync(string sql, object? parameters = null) => _house.Database.Writes.RunAsync(write => write.Connection.Execute(sql, parameters));

    private long Queued() => _house.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM ledger_queue"));
}
