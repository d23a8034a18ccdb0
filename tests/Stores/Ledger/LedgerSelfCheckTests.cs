using Campaigns.Db.Ledger;
using Campaigns.Ledger;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Stores.Ledger;

public sealed class LedgerSelfCheckTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync()
    {
        _fixture = await new CampaignFixture(minBatch: 1).StartAsync();
        await _fixture.ConfirmManyAsync(3);
        await _fixture.SealAllAsync();
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public void Sealed_ledger_agrees_and_reports_its_lines()
    {
        var done = 0L;
        Assert.Equal(LedgerVerdict.Agrees, Run(_fixture.Ledger.GetHead(_fixture.Campaign.Id), lines => done = lines));
        Assert.Equal(3, done);
    }

    [Fact]
    public void Head_that_was_not_signed_is_found()
    {
        var head = _fixture.Ledger.GetHead(_fixture.Campaign.Id);
        Assert.Equal(LedgerVerdict.InvalidSignature, Run(head with { Root = new string('0', 64) }));
        Assert.Equal(LedgerVerdict.InvalidSignature, Run(head with { Jws = "x" }));
    }

    [Fact]
    public async Task Changed_line_is_found()
    {
        await _fixture.Database.Writes.RunAsync(write =>
        {
            write.Connection.Execute(TestSql.DropTrigger("ledger_keeps_lines", "ledger_entries"));
            return write.Connection.Execute(
                "UPDATE ledger_entries SET line = replace(line, '\"GB\"', '\"NL\"') WHERE n = 1"
            );
        });
        Assert.Equal(LedgerVerdict.OtherRoot, Run(_fixture.Ledger.GetHead(_fixture.Campaign.Id)));
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE ledger_entries SET line = 'x' WHERE n = 1")
        );
        Assert.Equal(LedgerVerdict.InvalidLine, Run(_fixture.Ledger.GetHead(_fixture.Campaign.Id)));
    }

    [Fact]
    public async Task Waiting_and_damaged_entries_are_counted_apart()
    {
        var queue = _fixture.Get<LedgerQueueStore>();
        Assert.Equal(new LedgerQueueState(0, null, 0), queue.Read(_fixture.Campaign));
        await _fixture.QueueAsync(2, first: 10);
        var end = DateTimeOffset.UnixEpoch + _fixture.Get<IOptions<LedgerOptions>>().Value.MaxDelay;
        Assert.Equal(new LedgerQueueState(2, end, 0), queue.Read(_fixture.Campaign));
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE ledger_queue SET state = 'damaged'")
        );
        Assert.Equal(new LedgerQueueState(0, null, 2), queue.Read(_fixture.Campaign));
    }

    private string Run(SignedTreeHead head, Action<long>? progress = null) =>
        _fixture
            .Get<LedgerSelfCheck>()
            .Run(_fixture.Campaign, head, progress ?? (_ => { }), CancellationToken.None);
}
