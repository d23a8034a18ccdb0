using Campaigns.Db.Counts;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Counts;

/// <summary>What each day added to the public count.</summary>
public sealed class CountHistoryTests : IAsyncLifetime
{
    private static readonly DateOnly _first = new(2026, 5, 17);

    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Signature_counts_on_its_day_until_it_leaves()
    {
        var leaving = await _fixture.ConfirmAsync("one@example.org");
        await _fixture.ConfirmAsync("two@example.org");
        Assert.Equal([(_first, "GB", 2)], await HistoryAsync());
        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await _fixture.ConfirmAsync("three@example.org", "NL");
        await _fixture.WithdrawAsync(leaving);
        Assert.Equal([(_first, "GB", 1), (_first.AddDays(1), "NL", 1)], await HistoryAsync());
    }

    [Fact]
    public async Task Sensitive_campaign_has_what_its_ledger_gained_and_lost_by_sealing()
    {
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE campaigns SET sensitive = 1")
        );
        await _fixture.RestartAsync();
        var leaving = await _fixture.ConfirmAsync("one@example.org");
        await _fixture.ConfirmAsync("two@example.org");
        Assert.Empty(await HistoryAsync());
        _fixture.Clock.Advance(TimeSpan.FromDays(2));
        await _fixture.SealAllAsync();
        Assert.Equal([(_first.AddDays(2), "GB", 2)], await HistoryAsync());

        _fixture.Clock.Advance(TimeSpan.FromDays(1));
        await _fixture.WithdrawAsync(leaving);
        await _fixture.ConfirmAsync("three@example.org", "NL");
        Assert.Equal([(_first.AddDays(2), "GB", 2)], await HistoryAsync());
        _fixture.Clock.Advance(TimeSpan.FromDays(2));
        await _fixture.SealAllAsync();
        var (before, after) = (_first.AddDays(2), _first.AddDays(5));
        Assert.Equal([(before, "GB", 2), (after, "GB", -1), (after, "NL", 1)], await HistoryAsync());
        var counts = await _fixture.Get<LiveCounts>().OfAsync(_fixture.Campaign);
        Assert.Equal(counts.Confirmed, (await HistoryAsync()).Sum(day => day.Confirmed));
    }

    private async Task<IEnumerable<(DateOnly Day, string Country, long Confirmed)>> HistoryAsync() =>
        (await _fixture.Get<CountHistory>().OfAsync(_fixture.Campaign)).Select(day =>
            (day.Day, day.Country, day.Confirmed)
        );
}
