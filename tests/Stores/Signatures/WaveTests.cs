using System.Net;
using Campaigns.Db;
using Campaigns.Db.Counts;
using Campaigns.Db.Invalidations;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Counts;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Stores.Signatures;

/// <summary>Bursts that a network limit holds, and what staff do with a burst at once.</summary>
public sealed class WaveTests : IAsyncLifetime
{
    private static readonly IPAddress _one = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress _other = IPAddress.Parse("192.0.2.2");

    private CampaignFixture _fixture = null!;
    private int _signers;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Held_signatures_of_one_network_share_a_random_number()
    {
        var waves = await HoldAsync(3, _one);
        Assert.Single(waves.Distinct());
        Assert.NotNull(waves[0]);
        var others = await HoldAsync(2, _other);
        Assert.Single(others.Distinct());
        Assert.NotEqual(waves[0], others[0]);
        // Below the limit nothing is held, so nothing has a number.
        Assert.Equal(2, Count("wave IS NULL AND hold_reason IS NULL"));
    }

    [Fact]
    public async Task Another_campaign_has_another_wave()
    {
        var here = (await HoldAsync(1, _one))[0];
        var elsewhere = await _fixture.CreateAsync("elsewhere");
        var id = await SignAsync(_one, campaign: elsewhere);
        Assert.NotNull(WaveOf(id));
        Assert.NotEqual(here, WaveOf(id));
    }

    [Fact]
    public async Task Wave_goes_on_for_an_hour_after_its_last_signature()
    {
        var first = (await HoldAsync(1, _one))[0];
        for (var pauses = 0; pauses < 2; pauses++)
        {
            _fixture.Clock.Advance(SigningRules.WaveGap);
            Assert.Equal(first, (await HoldAsync(1, _one))[0]);
        }
        _fixture.Clock.Advance(SigningRules.WaveGap + TimeSpan.FromMilliseconds(1));
        Assert.NotEqual(first, (await HoldAsync(1, _one))[0]);
    }

    [Fact]
    public async Task Restart_splits_a_wave_because_no_network_is_stored()
    {
        var first = (await HoldAsync(1, _one))[0];
        await _fixture.RestartAsync();
        Assert.NotEqual(first, (await HoldAsync(1, _one))[0]);
        Assert.Equal(2, List().Count);
    }

    [Fact]
    public async Task Request_that_no_limit_holds_takes_the_signature_out_of_its_wave()
    {
        await HoldAsync(1, _one);
        var held = _fixture.Query(connection =>
            connection.QuerySingle<long>("SELECT id FROM signatures WHERE wave IS NOT NULL")
        );
        var email = $"signer{_signers}@example.org";
        await SignAsync(null, email);
        Assert.Null(WaveOf(held));
        // The other way round, a repeat with equal data puts nothing on hold.
        await SignAsync(_one, email);
        Assert.Null(WaveOf(held));
        // A request with other data is decided anew.
        await SignAsync(_one, email, name: "Kari Other");
        Assert.NotNull(WaveOf(held));
    }

    [Fact]
    public async Task Wave_lists_how_many_are_held_from_when_to_when()
    {
        var wave = (await HoldAsync(2, _one))[0]!.Value;
        _fixture.Clock.Advance(TimeSpan.FromMinutes(10));
        await HoldAsync(1, _one);
        var listed = Assert.Single(List());
        Assert.Equal(
            (wave, CampaignFixture.Start, CampaignFixture.Start.AddMinutes(10), 3),
            (listed.Id, listed.From, listed.To, listed.Held)
        );
        // The figures of a sensitive campaign are those of the last full hour.
        Assert.Empty(_fixture.Get<WaveStore>().List(_fixture.Campaign.Id, long.MaxValue, 10, hourly: true));
        await _fixture.RunAsync<SnapshotCountsJob>();
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        await _fixture.RunAsync<SnapshotCountsJob>();
        Assert.Equal(
            3,
            Assert.Single(_fixture.Get<WaveStore>().List(_fixture.Campaign.Id, long.MaxValue, 10, hourly: true)).Held
        );
    }

    [Fact]
    public async Task Released_wave_is_counted_and_stays_in_the_list()
    {
        var wave = await HoldConfirmedAsync(250);
        Assert.Null(await ReleaseAsync(wave));
        Assert.Equal(251, Count("state = 'confirmed' AND hold_reason IS NULL"));
        Assert.Equal(0, Assert.Single(List()).Held);
        Assert.Equal(["100 signatures", "100 signatures", "50 signatures"], Audited("wave.release"));
        // Repeated, it does nothing.
        Assert.Null(await ReleaseAsync(wave));
        Assert.Equal(3, Audited("wave.release").Count);
        Assert.Equal(0, _fixture.Get<RecountStore>().Drift(_fixture.Campaign.Id));
    }

    [Fact]
    public async Task Invalidated_wave_leaves_out_what_staff_released()
    {
        var wave = await HoldConfirmedAsync(3);
        var released = _fixture.Query(connection =>
            connection.QuerySingle<long>("SELECT min(id) FROM signatures WHERE wave IS NOT NULL")
        );
        Assert.Null(await _fixture.Get<ModerationStore>().ReleaseAsync(_fixture.Campaign, released, Actor.Operator));
        for (var times = 0; times < 2; times++)
            Assert.Null(
                await _fixture
                    .Get<WaveStore>()
                    .InvalidateAsync(_fixture.Campaign, wave, "robots", Actor.Operator, default)
            );
        Assert.Equal(2, Count("state = 'invalidated' AND invalid_reason = 'robots'"));
        Assert.Equal(1, Count($"state = 'confirmed' AND id = {released}"));
        Assert.Equal(["2 signatures: robots"], Audited("wave.invalidate"));
        Assert.Equal(0, _fixture.Get<RecountStore>().Drift(_fixture.Campaign.Id));
    }

    [Fact]
    public async Task Wave_of_more_than_one_member_may_invalidate_stays_as_it_is()
    {
        var wave = await HoldConfirmedAsync(3);
        _fixture.Get<IOptions<InvalidationOptions>>().Value.MostAlone = 2;
        Assert.Equal(
            Refusal.ApprovalNeeded,
            await _fixture.Get<WaveStore>().InvalidateAsync(_fixture.Campaign, wave, "robots", Actor.Operator, default)
        );
        Assert.Equal(0, Count("state = 'invalidated'"));
        Assert.Empty(Audited("wave.invalidate"));
    }

    [Fact]
    public async Task Wave_of_another_campaign_is_not_found()
    {
        var wave = await HoldConfirmedAsync(1);
        var elsewhere = await _fixture.CreateAsync("elsewhere");
        Assert.Equal(
            Refusal.NotFound,
            await _fixture.Get<WaveStore>().ReleaseAsync(elsewhere, wave, Actor.Operator, default)
        );
    }

    [Fact]
    public async Task Erasure_takes_the_signature_out_of_its_wave()
    {
        await HoldAsync(1, _one);
        var id = _fixture.Query(connection =>
            connection.QuerySingle<long>("SELECT id FROM signatures WHERE wave IS NOT NULL")
        );
        await _fixture.EraseAsync(id);
        Assert.Empty(List());
    }

    private IReadOnlyList<Wave> List() =>
        _fixture.Get<WaveStore>().List(_fixture.Campaign.Id, long.MaxValue, 10, hourly: false);

    private Task<Refusal?> ReleaseAsync(long wave) =>
        _fixture.Get<WaveStore>().ReleaseAsync(_fixture.Campaign, wave, Actor.Operator, default);

    // The first signature of a network is below the limit of one.
    private async Task<List<long?>> HoldAsync(int signatures, IPAddress network)
    {
        _fixture.Get<IOptions<LimitOptions>>().Value.HoldAfterPerNetworkPerHour = 1;
        List<long?> waves = [];
        while (waves.Count < signatures)
        {
            var id = await SignAsync(network);
            if (WaveOf(id) is { } wave)
                waves.Add(wave);
        }
        return waves;
    }

    private async Task<long> HoldConfirmedAsync(int signatures)
    {
        var wave = (await HoldAsync(signatures, _one))[0]!.Value;
        foreach (
            var id in _fixture.Query(connection => connection.Query<long>("SELECT id FROM signatures").AsList())
        )
            Assert.Null(
                (
                    await _fixture
                        .Get<ConfirmationStore>()
                        .ConfirmAsync(_fixture.Link(Crypto.LinkPurpose.Confirm, id))
                ).Refusal
            );
        return wave;
    }

    private async Task<long> SignAsync(
        IPAddress? network,
        string? email = null,
        string name = "Kari Nordmann",
        Campaign? campaign = null
    )
    {
        campaign ??= _fixture.Campaign;
        var signature = Example.Signature(campaign, email ?? $"signer{++_signers}@example.org") with { Name = name };
        Assert.Null(await _fixture.Get<SigningStore>().SignAsync(campaign, signature, network));
        return _fixture.Query(connection => connection.QuerySingle<long>("SELECT max(id) FROM signatures"));
    }

    private long? WaveOf(long id) =>
        _fixture.Query(connection =>
            connection.QuerySingle<long?>("SELECT wave FROM signatures WHERE id = @id", new { id })
        );

    private long Count(string condition) =>
        _fixture.Query(connection =>
            connection.QuerySingle<long>($"SELECT count(*) FROM signatures WHERE {condition}")
        );

    private List<string> Audited(string action) =>
        _fixture.Query(connection =>
            connection.Query<string>("SELECT detail FROM audit WHERE action = @action ORDER BY id", new { action })
                .AsList()
        );
}
