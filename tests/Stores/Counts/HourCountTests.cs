using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Counts;
using Campaigns.Worker.Retention;
using Dapper;

namespace Campaigns.Tests.Stores.Counts;

/// <summary>Counters by hour and by mail provider move with the rows.</summary>
public sealed class HourCountTests : IAsyncLifetime
{
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private CampaignFixture _campaign = null!;

    public async Task InitializeAsync() => _campaign = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _campaign.DisposeAsync();

    [Fact]
    public async Task Every_hour_counts_who_signed_and_who_confirmed_in_it()
    {
        await _campaign.SignAsync("pending@gmail.com");
        var early = await _campaign.SignAsync("early@hotmail.no", "NL");
        _campaign.Clock.Advance(_hour);
        await ConfirmAsync(early, "outlook");
        var left = await _campaign.ConfirmAsync("left@example.org");
        Assert.Equal(["9 GB 1 0", "9 NL 1 0", "10 GB 1 1", "10 NL 0 1"], Hours());
        Assert.Equal(["9 gmail 1 0", "9 outlook 1 0", "10 other 1 0", "10 outlook 0 1", "10 unknown 0 1"], Providers());

        // A signer who left no longer counts; the steps of signing and confirming stay.
        _campaign.Clock.Advance(_hour);
        await _campaign.WithdrawAsync(left);
        Assert.Equal(["9 GB 1 0", "9 NL 1 0", "10 GB 1 0", "10 NL 0 1"], Hours());
        await _campaign.EraseAsync(early);
        Assert.Equal(["9 GB 1 0", "9 NL 1 0", "10 GB 1 0", "10 NL 0 0"], Hours());
        Assert.Equal(["9 gmail 1 0", "9 outlook 1 0", "10 other 1 0", "10 outlook 0 1", "10 unknown 0 1"], Providers());
        await AssertCountedAsync();
    }

    [Fact]
    public async Task Newer_request_with_another_country_counts_as_the_same_signature()
    {
        await _campaign.SignAsync("kari@example.org");
        _campaign.Clock.Advance(_hour);
        await _campaign.SignAsync("kari@example.org", "NL", name: "Kari N.");
        Assert.Equal(["9 GB 1 0"], Hours());
        await AssertCountedAsync();
    }

    [Fact]
    public async Task Released_signature_counts_in_the_hour_of_its_confirmation()
    {
        var id = await _campaign.SignAsync("kari@example.org");
        await _campaign.Database.Writes.RunAsync(write =>
        {
            write.Count(_campaign.Campaign.Id, "GB", SignatureState.Pending, -1);
            write.Count(_campaign.Campaign.Id, "GB", SignatureState.Held, 1);
            return write.Connection.Execute("UPDATE signatures SET hold_reason = 'network'");
        });
        await ConfirmAsync(id, "other");
        Assert.Equal(["9 GB 1 0"], Hours());
        _campaign.Clock.Advance(2 * _hour);
        Assert.Null(
            await _campaign.Get<ModerationStore>().ReleaseAsync(_campaign.Campaign, id, Db.Staff.Actor.Operator)
        );
        Assert.Equal(["9 GB 1 1"], Hours());
        await AssertCountedAsync();
    }

    [Fact]
    public async Task Hours_older_than_90_days_are_added_to_their_day()
    {
        var ids = await _campaign.ConfirmManyAsync(2);
        _campaign.Clock.Advance(_hour);
        await _campaign.ConfirmAsync("later@example.org");
        await _campaign.SignAsync("nl@example.org", "NL");
        var before = Points(TrendInterval.Day);
        _campaign.Clock.Advance(TimeSpan.FromDays(90));
        await _campaign.RunAsync<FoldHoursJob>();
        Assert.Equal(["9 GB 2 2", "10 GB 1 1", "10 NL 1 0"], Hours());

        _campaign.Clock.Advance(TimeSpan.FromDays(1));
        // Before and after the job the day has the same.
        Assert.Equal(before, Points(TrendInterval.Day)[..1]);
        await AssertCountedAsync();
        await _campaign.RunAsync<FoldHoursJob>();
        await _campaign.RunAsync<FoldHoursJob>();
        Assert.Equal(["0 GB 3 3", "0 NL 1 0"], Hours());
        Assert.Equal(["0 other 4 0", "0 unknown 0 3"], Providers());
        Assert.Equal(before, Points(TrendInterval.Day)[..1]);
        await _campaign.WithdrawAsync(ids[0]);
        Assert.Equal(["0 GB 3 2", "0 NL 1 0"], Hours());
        await AssertCountedAsync();
    }

    [Fact]
    public async Task Erasure_at_the_end_of_the_term_erases_the_hour_of_confirmation()
    {
        await _campaign.ConfirmAsync("kari@example.org");
        await _campaign.SealAsync();
        await _campaign.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "UPDATE campaigns SET erase_after_days = 1, closes_at = @now, state = 'closed', closed_at = @now",
                new { now = _campaign.Clock.GetUtcNow().ToUnixTimeMilliseconds() }
            )
        );
        _campaign.Clock.Advance(TimeSpan.FromDays(40));
        await new EraseAfterJob(_campaign.Get<RetentionStore>(), _campaign.Clock).RunAsync(default);
        Assert.Equal(["0 GB 0 1", "9 GB 1 0"], Hours());
        await AssertCountedAsync();
    }

    [Fact]
    public async Task Restored_backup_counts_what_the_journal_repeats()
    {
        var id = await _campaign.ConfirmAsync("kari@example.org");
        await _campaign.ConfirmAsync("ola@example.org");
        await _campaign.BackUpAsync();
        await _campaign.WithdrawAsync(id);
        await _campaign.RestoreAsync();
        Assert.Equal(["9 GB 2 1"], Hours());
        await AssertCountedAsync();
    }

    private Task ConfirmAsync(long id, string provider) =>
        _campaign
            .Get<ConfirmationStore>()
            .ConfirmAsync(
                _campaign
                    .Get<KeyRing>()
                    .Tokens.Write(
                        LinkPurpose.Confirm,
                        _campaign.Campaign.Id,
                        id,
                        0,
                        provider: MailProvider.NumberOf(provider)
                    )
            );

    private async Task AssertCountedAsync()
    {
        Assert.Equal(0, _campaign.Get<RecountStore>().Drift(_campaign.Campaign.Id));
        // The job changes nothing that the recount sees.
        await _campaign.RunAsync<FoldHoursJob>();
        Assert.Equal(0, _campaign.Get<RecountStore>().Drift(_campaign.Campaign.Id));
    }

    private List<TrendPoint> Points(TrendInterval by)
    {
        var trends = _campaign.Get<TrendStore>();
        return
        [
            .. trends
                .Read(_campaign.Campaign, trends.Period(_campaign.Campaign, by).Value!, null, hourly: false)
                .Points,
        ];
    }

    // Hour of the day, country, signed, confirmed.
    private List<string> Hours() =>
        _campaign.Query(connection =>
            connection
                .Query<(long Hour, string Key, long Signed, long Confirmed)>(
                    """
                    SELECT hour % 24, country, CAST(sum(signed) AS bigint), CAST(sum(confirmed) AS bigint)
                    FROM counters_by_hour GROUP BY hour, country ORDER BY hour, country
                    """
                )
                .Select(Text)
                .ToList()
        );

    // Hour of the day, provider, signed, pressed.
    private List<string> Providers() =>
        _campaign.Query(connection =>
            connection
                .Query<(long Hour, string Key, long Signed, long Pressed)>(
                    """
                    SELECT hour % 24, provider, CAST(sum(signed) AS bigint), CAST(sum(pressed) AS bigint)
                    FROM counters_by_provider GROUP BY hour, provider ORDER BY hour, provider
                    """
                )
                .Select(Text)
                .ToList()
        );

    private static string Text((long Hour, string Key, long First, long Second) row) =>
        FormattableString.Invariant($"{row.Hour} {row.Key} {row.First} {row.Second}");
}
