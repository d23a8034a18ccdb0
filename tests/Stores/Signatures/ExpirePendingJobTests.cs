using Campaigns.Crypto;
using Campaigns.Db.Counts;
using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Retention;
using Dapper;

namespace Campaigns.Tests.Stores.Signatures;

public sealed class ExpirePendingJobTests : IAsyncLifetime
{
    private CampaignFixture _campaign = null!;

    public async Task InitializeAsync() => _campaign = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _campaign.DisposeAsync();

    private Task RunAsync() => new ExpirePendingJob(_campaign.Get<ExpiryStore>()).RunAsync(default);

    [Fact]
    public async Task Signature_unconfirmed_for_seven_days_is_erased_and_counted_as_expired()
    {
        for (var i = 0; i < 230; i++)
            await _campaign.SignAsync($"kari{i}@example.org", i % 2 == 0 ? "GB" : "FR");
        var confirmed = await _campaign.ConfirmAsync("ola@example.org");
        await SentAsync();
        _campaign.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMilliseconds(1));
        await RunAsync();
        Assert.Equal(230, States()["pending"]);

        _campaign.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await RunAsync();
        await RunAsync();

        Assert.Equal((230, 1), (States()["expired"], States()["confirmed"]));
        Assert.Equal(0, _campaign.Get<RecountStore>().Drift(_campaign.Campaign.Id));
        Assert.Equal(
            0,
            _campaign.Query(connection =>
                connection.QuerySingle<long>(
                    """
                    SELECT count(*) FROM signatures
                    WHERE state = 'expired'
                      AND (COALESCE(contact, person, blind_index, ledger_key, commitment) IS NOT NULL
                           OR text_hash IS NOT NULL OR signed_at IS NOT NULL)
                    """
                )
            )
        );
        Assert.Equal(
            [confirmed],
            _campaign.Query(connection => connection.Query<long>("SELECT DISTINCT signature_id FROM consents"))
        );
    }

    [Fact]
    public async Task Signature_does_not_expire_while_its_letter_is_queued()
    {
        await _campaign.SignAsync("kari@example.org");
        _campaign.Clock.Advance(TimeSpan.FromDays(8));
        await RunAsync();
        Assert.Equal(1, States()["pending"]);

        // The letter is sent late, and the link lasts seven days from then.
        var letters = _campaign.Get<LetterStore>();
        await letters.MarkAsync([LetterOutcome.Sent((await letters.ClaimAsync("me", 1, default)).Single())], default);
        _campaign.Clock.Advance(TimeSpan.FromDays(6));
        await RunAsync();
        Assert.Equal(1, States()["pending"]);
        _campaign.Clock.Advance(TimeSpan.FromDays(1));
        await RunAsync();
        Assert.Equal(1, States()["expired"]);
    }

    [Fact]
    public async Task Expired_signer_can_sign_again_and_the_old_link_stays_invalid()
    {
        var id = await _campaign.SignAsync("kari@example.org");
        await SentAsync();
        _campaign.Clock.Advance(TimeSpan.FromDays(7));
        await RunAsync();

        Assert.NotEqual(id, await _campaign.ConfirmAsync("kari@example.org"));
        Assert.Equal(
            Refusal.LinkNotUsable,
            (await _campaign.Get<ConfirmationStore>().ConfirmAsync(_campaign.Link(LinkPurpose.Confirm, id))).Refusal
        );
        Assert.Equal((1, 1), (States()["expired"], States()["confirmed"]));
    }

    [Fact]
    public async Task Confirmation_between_selection_and_expiry_wins()
    {
        var id = await _campaign.SignAsync("kari@example.org");
        await SentAsync();
        var store = _campaign.Get<ExpiryStore>();
        await _campaign.Get<ConfirmationStore>().ConfirmAsync(_campaign.Link(LinkPurpose.Confirm, id));
        _campaign.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal(0, await store.ExpireAsync(_campaign.Campaign.Id, [id], default));
        Assert.Equal(1, States()["confirmed"]);
    }

    [Fact]
    public async Task Network_key_is_deleted_after_its_day()
    {
        var day = Instant.Day(_campaign.Clock.UtcNow());
        await _campaign
            .Get<SigningStore>()
            .SignAsync(_campaign.Campaign, Signature("kari@example.org"), System.Net.IPAddress.Parse("192.0.2.1"));
        var job = new DestroyNetworkKeysJob(_campaign.Get<ExpiryStore>());
        await job.RunAsync(default);
        Assert.Equal(
            [Instant.Text(day)],
            _campaign.Query(connection => connection.Query<string>("SELECT day FROM network_keys"))
        );

        _campaign.Clock.Advance(TimeSpan.FromDays(1));
        await job.RunAsync(default);
        Assert.Equal(
            0,
            _campaign.Query(connection =>
                connection.QuerySingle<long>(
                    "SELECT (SELECT count(*) FROM network_keys) + (SELECT count(*) FROM network_requests)"
                )
            )
        );
        await _campaign
            .Get<SigningStore>()
            .SignAsync(_campaign.Campaign, Signature("ola@example.org"), System.Net.IPAddress.Parse("192.0.2.1"));
        Assert.Equal(
            1,
            _campaign.Query(connection => connection.QuerySingle<long>("SELECT value FROM network_requests"))
        );
    }

    private NewSignature Signature(string email) =>
        new(
            "Kari Nordmann",
            EmailAddress.Parse(email).Address!,
            "GB",
            null,
            "en",
            Disclosure.Count,
            false,
            _campaign.Campaign.Text("en").Hash
        );

    // Marks every letter as sent at once.
    private async Task SentAsync()
    {
        var letters = _campaign.Get<LetterStore>();
        await letters.MarkAsync(
            [.. (await letters.ClaimAsync("me", 1000, default)).Select(LetterOutcome.Sent)],
            default
        );
    }

    private Dictionary<string, long> States() =>
        _campaign.Query(connection =>
            connection
                .Query<(string State, long Value)>("SELECT state, SUM(value) FROM counters GROUP BY state")
                .ToDictionary(row => row.State, row => row.Value)
        );
}
