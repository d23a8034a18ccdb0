using Campaigns.Db.Ledger;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Ledger;

/// <summary>
/// The ledger of a quiet sensitive campaign does not tell when a person signed or left. The fixture
/// begins at a full hour.
/// </summary>
public sealed class SensitiveSealingTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync()
    {
        _fixture = await new CampaignFixture(minBatch: 5).StartAsync();
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE campaigns SET sensitive = 1")
        );
        _fixture.Reload();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(17));
    }

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Small_batch_waits_a_day_and_is_sealed_at_a_full_hour()
    {
        await _fixture.ConfirmManyAsync(4);
        Assert.Equal(0, await SizeAfterAsync(TimeSpan.FromHours(23)));
        Assert.Equal(0, await SizeAfterAsync(TimeSpan.FromHours(1)));
        Assert.Equal(0, await SizeAfterAsync(TimeSpan.FromMinutes(42)));
        Assert.Equal(4, await SizeAfterAsync(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Full_batch_is_sealed_with_the_hour_and_not_the_minute()
    {
        await _fixture.ConfirmManyAsync(5);
        Assert.Equal(5, await SizeAfterAsync(TimeSpan.Zero));
        Assert.Equal(CampaignFixture.Start, Head().SealedAt);
        await _fixture.ConfirmManyAsync(5, "NL");
        Assert.Equal(10, await SizeAfterAsync(TimeSpan.FromMinutes(50)));
        Assert.Equal(CampaignFixture.Start.AddHours(1), Head().SealedAt);
    }

    [Fact]
    public async Task Removals_wait_for_signatures_or_for_the_delay()
    {
        var ids = await _fixture.ConfirmManyAsync(12);
        Assert.Equal(12, await SizeAfterAsync(TimeSpan.Zero));
        foreach (var id in ids.Take(6))
            await _fixture.WithdrawAsync(id);
        await _fixture.ConfirmManyAsync(4, "NL");
        Assert.Equal(12, await SizeAfterAsync(TimeSpan.FromHours(2)));
        await _fixture.ConfirmAsync("fifth@example.org");
        Assert.Equal(23, await SizeAfterAsync(TimeSpan.Zero));

        await _fixture.WithdrawAsync(ids[6]);
        Assert.Equal(23, await SizeAfterAsync(TimeSpan.FromHours(23)));
        Assert.Equal(24, await SizeAfterAsync(TimeSpan.FromHours(2)));
    }

    [Fact]
    public async Task Campaign_that_becomes_sensitive_keeps_its_heads_in_order()
    {
        await SetSensitiveAsync(0);
        await _fixture.ConfirmManyAsync(5);
        await SizeAfterAsync(TimeSpan.Zero);
        var before = Head().SealedAt;
        Assert.Equal(17, before.Minute);
        await SetSensitiveAsync(1);
        await _fixture.ConfirmManyAsync(5, "NL");
        Assert.Equal(10, await SizeAfterAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(before, Head().SealedAt);
    }

    [Theory]
    [InlineData("00:00:05", "2026-05-17T09:17:20Z", "2026-05-17T09:17:25Z")]
    [InlineData("00:00:00", "2026-05-17T09:17:20Z", "2026-05-17T09:17:20Z")]
    [InlineData("01:00:00", "2026-05-17T09:17:20Z", "2026-05-17T11:00:00Z")]
    [InlineData("01:00:00", "2026-05-17T09:00:00Z", "2026-05-17T10:00:00Z")]
    [InlineData("1.00:00:00", "2026-05-17T09:00:01Z", "2026-05-18T10:00:00Z")]
    public void Delay_from_an_hour_on_ends_at_a_full_hour(string delay, string oldest, string end)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var options = new LedgerOptions { SensitiveMaxDelay = TimeSpan.Parse(delay, culture) };
        Assert.Equal(DateTimeOffset.Parse(end, culture), options.SensitiveEnd(DateTimeOffset.Parse(oldest, culture)));
    }

    private Task<int> SetSensitiveAsync(int sensitive) =>
        _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE campaigns SET sensitive = @sensitive", new { sensitive })
        );

    private async Task<long> SizeAfterAsync(TimeSpan time)
    {
        _fixture.Clock.Advance(time);
        await _fixture.SealAsync();
        return Head().Size;
    }

    private SignedTreeHead Head() => _fixture.Ledger.GetHead(_fixture.Campaign.Id);
}
