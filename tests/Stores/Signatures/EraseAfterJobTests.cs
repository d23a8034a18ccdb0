using System.Globalization;
using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Retention;
using Dapper;

namespace Campaigns.Tests.Stores.Signatures;

public sealed class EraseAfterJobTests : IAsyncLifetime
{
    private CampaignFixture _campaign = null!;

    public async Task InitializeAsync() => _campaign = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _campaign.DisposeAsync();

    [Fact]
    public async Task Retention_end_erases_personal_data_and_keeps_counts()
    {
        var ids = await _campaign.ConfirmManyAsync(120);
        await _campaign.ConfirmAsync("france@example.org", "FR");
        await _campaign.SealAllAsync();
        var withdrawn = ids[0];
        await _campaign.WithdrawAsync(withdrawn);
        var pending = await _campaign.SignAsync("pending@example.org");
        var held = await _campaign.ConfirmAsync("held@example.org");
        await HoldAsync(held);
        await _campaign.SealAllAsync();
        var before = await _campaign.Get<LiveCounts>().OfAsync(_campaign.Campaign);
        var lines = _campaign.Lines();
        await EndAsync(days: 30);

        _campaign.Clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMilliseconds(1));
        await RunAsync();
        Assert.True(Kept() > 0);
        _campaign.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await RunAsync();
        await RunAsync();

        Assert.Equal(0, Kept());
        Assert.Equal(before.ByCountry, (await _campaign.Get<LiveCounts>().OfAsync(_campaign.Campaign)).ByCountry);
        Assert.Equal(lines, _campaign.Lines());
        Assert.Equal(0, _campaign.Get<RecountStore>().Drift(_campaign.Campaign.Id));
        Assert.Equal(
            ("confirmed", "withdrawn", "expired", "erased"),
            (State(ids[1]), State(withdrawn), State(pending), State(held))
        );
        Assert.Equal(0, Count("SELECT count(*) FROM consents"));
        Assert.Equal(0, Count("SELECT count(*) FROM ledger_entries WHERE signature_id IS NOT NULL"));
        Assert.Equal(
            Refusal.NotSignedIn,
            _campaign.Get<MySignatureStore>().Find(_campaign.Link(LinkPurpose.Manage, ids[1])).Refusal
        );
        Assert.Equal(1, Count("SELECT count(*) FROM campaigns WHERE erased_at IS NOT NULL"));
    }

    [Fact]
    public async Task Erased_row_keeps_only_the_listed_columns_and_the_day()
    {
        var day = Instant.Day(_campaign.Clock.UtcNow());
        var id = await _campaign.ConfirmAsync("kari@example.org");
        await _campaign.SealAllAsync();
        await EndAsync(days: 0);
        await RunAsync();

        var row = _campaign.Query(connection =>
            (IDictionary<string, object?>)connection.QuerySingle("SELECT * FROM signatures WHERE id = @id", new { id })
        );
        string[] skeleton =
        [
            "id",
            "campaign_id",
            "state",
            "country",
            "line_country",
            "updates",
            "confirm_generation",
            "manage_generation",
            "not_me_generation",
            "session_generation",
            "confirmed_at",
        ];
        Assert.Equal(
            skeleton.Order(),
            row.Where(column => column.Value is not null).Select(column => column.Key).Order()
        );
        Assert.Equal(0L, Convert.ToInt64(row["updates"], CultureInfo.InvariantCulture));
        Assert.Equal(
            new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
            Instant.FromMilliseconds((long)row["confirmed_at"]!)
        );
    }

    [Fact]
    public async Task Queued_signature_is_erased_once_it_is_sealed()
    {
        await _campaign.ConfirmAsync("kari@example.org");
        await EndAsync(days: 0);
        await RunAsync();
        Assert.Equal(1, Kept());
        Assert.Equal(0, Count("SELECT count(*) FROM campaigns WHERE erased_at IS NOT NULL"));

        await _campaign.SealAllAsync();
        await RunAsync();
        Assert.Equal(0, Kept());
        Assert.Single(_campaign.Lines());
    }

    [Fact]
    public async Task Interrupted_run_is_finished_by_the_next()
    {
        await _campaign.ConfirmManyAsync(5);
        await _campaign.SealAllAsync();
        await EndAsync(days: 0);
        var store = _campaign.Get<RetentionStore>();
        await store.EraseAsync(_campaign.Campaign.Id, store.FindNext(_campaign.Campaign.Id, 0, 2), default);
        Assert.Equal(3, Kept());
        await _campaign.RestartAsync();
        await RunAsync();
        Assert.Equal(0, Kept());
        Assert.Equal(0, _campaign.Get<RecountStore>().Drift(_campaign.Campaign.Id));
    }

    [Fact]
    public async Task Open_campaign_without_a_closing_date_is_not_erased()
    {
        await _campaign.ConfirmAsync("kari@example.org");
        await _campaign.SealAllAsync();
        await ExecuteAsync("UPDATE campaigns SET erase_after_days = 1, hand_over_on = '2019-05-18'");
        _campaign.Clock.Advance(TimeSpan.FromDays(1000));
        await RunAsync();
        Assert.Equal(1, Kept());
    }

    [Fact]
    public async Task Later_closing_does_not_put_off_what_a_signer_was_promised()
    {
        var closes = _campaign.Clock.UtcNow().AddDays(10);
        await ChangeAsync(draft => draft with { ClosesAt = closes, EraseAfterDays = 40 });
        var early = await _campaign.ConfirmAsync("early@example.org", campaign: Current);
        await ChangeAsync(draft => draft with { ClosesAt = closes.AddYears(100) });
        var late = await _campaign.ConfirmAsync("late@example.org", campaign: Current);
        await _campaign.SealAllAsync();

        _campaign.Clock.Advance(TimeSpan.FromDays(48));
        await RunAsync();
        Assert.Equal((true, true), (IsKept(early), IsKept(late)));
        _campaign.Clock.Advance(TimeSpan.FromDays(2));
        await RunAsync();
        await RunAsync();
        Assert.Equal((false, true), (IsKept(early), IsKept(late)));
        Assert.Equal(
            closes.AddYears(100).AddDays(40).ToUnixTimeMilliseconds(),
            Count("SELECT next_erasure FROM campaigns")
        );
        Assert.Equal("confirmed", State(early));
        Assert.Equal(0, _campaign.Get<RecountStore>().Drift(_campaign.Campaign.Id));
    }

    [Fact]
    public async Task Signer_after_the_hand_over_keeps_a_term_of_their_own()
    {
        var today = Instant.Day(_campaign.Clock.UtcNow());
        await ChangeAsync(draft => draft with { HandOverOn = today.AddDays(-5), EraseAfterDays = 40 });
        var first = await _campaign.ConfirmAsync("first@example.org", campaign: Current);
        _campaign.Clock.Advance(TimeSpan.FromDays(20));
        var second = await _campaign.ConfirmAsync("second@example.org", campaign: Current);
        await _campaign.SealAllAsync();

        _campaign.Clock.Advance(TimeSpan.FromDays(20));
        await RunAsync();
        Assert.Equal((false, true), (IsKept(first), IsKept(second)));
        _campaign.Clock.Advance(TimeSpan.FromDays(20));
        await RunAsync();
        Assert.False(IsKept(second));
        Assert.Empty(_campaign.Get<RetentionStore>().FindPromised(_campaign.Clock.UtcNow().AddYears(10)));
    }

    [Fact]
    public async Task Second_request_is_promised_what_it_was_shown()
    {
        await ChangeAsync(draft => draft with { ClosesAt = _campaign.Clock.UtcNow().AddDays(10), EraseAfterDays = 40 });
        var id = await _campaign.SignAsync("kari@example.org", campaign: Current);
        await ChangeAsync(draft => draft with { ClosesAt = _campaign.Clock.UtcNow().AddDays(50) });
        await _campaign
            .Get<SigningStore>()
            .SignAsync(Current, Example.Signature(Current, "kari@example.org") with { Name = "Kari N" }, null);
        Assert.Equal(
            _campaign.Clock.UtcNow().AddDays(90).ToUnixTimeMilliseconds(),
            Count("SELECT erase_by FROM signatures WHERE id = @id", new { id })
        );
    }

    private Campaign Current => _campaign.Get<CampaignStore>().Find(CampaignFixture.Slug)!;

    private async Task ChangeAsync(Func<CampaignDraft, CampaignDraft> change)
    {
        var outcome = await _campaign
            .Get<CampaignEditor>()
            .ChangeAsync(
                CampaignFixture.Slug,
                current => change(Example.DraftOf(current)),
                Actor.Operator,
                mayEraseSooner: true
            );
        Assert.Null(outcome.Refusal);
    }

    private bool IsKept(long id) =>
        Count("SELECT count(*) FROM signatures WHERE id = @id AND contact IS NOT NULL", new { id }) == 1;

    private Task RunAsync() => new EraseAfterJob(_campaign.Get<RetentionStore>(), _campaign.Clock).RunAsync(default);

    private Task EndAsync(int days) =>
        ExecuteAsync(
            "UPDATE campaigns SET erase_after_days = @days, closes_at = @now, state = 'closed', closed_at = @now",
            new { days, now = _campaign.Clock.UtcNow().ToUnixTimeMilliseconds() }
        );

    // As the network limit would have put it on hold from the start.
    private Task HoldAsync(long id) =>
        _campaign.Database.Writes.RunAsync(write =>
        {
            write.Count(_campaign.Campaign.Id, "GB", "confirmed", -1);
            write.Count(_campaign.Campaign.Id, "GB", "held", 1);
            write.CountConfirmed(_campaign.Campaign.Id, write.Now.ToUnixTimeMilliseconds(), "GB", -1);
            write.Connection.Execute("DELETE FROM ledger_queue WHERE signature_id = @id", new { id });
            return write.Connection.Execute("UPDATE signatures SET hold_reason = 'network' WHERE id = @id", new { id });
        });

    private Task<int> ExecuteAsync(string sql, object? parameters = null) =>
        _campaign.Database.Writes.RunAsync(write => write.Connection.Execute(sql, parameters));

    private long Kept() =>
        Count("SELECT count(*) FROM signatures WHERE COALESCE(contact, person, blind_index, ledger_key) IS NOT NULL");

    private long Count(string sql, object? parameters = null) =>
        _campaign.Query(connection => connection.QuerySingle<long>(sql, parameters));

    private string State(long id) =>
        _campaign.Query(connection =>
            connection.QuerySingle<string>("SELECT state FROM signatures WHERE id = @id", new { id })
        );
}
