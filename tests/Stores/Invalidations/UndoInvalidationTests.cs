using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Invalidations;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Invalidations;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Keys;
using Campaigns.Worker.Retention;
using Dapper;

namespace Campaigns.Tests.Stores.Invalidations;

/// <summary>The seven days in which a bulk invalidation can be undone, and their end.</summary>
public sealed class UndoInvalidationTests : IAsyncLifetime
{
    private static readonly InvalidationConditions _british = new() { Countries = ["GB"] };

    private CampaignFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await new CampaignFixture(minBatch: 1).StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Undone_signature_has_its_state_again_and_a_new_line()
    {
        var confirmed = await _fixture.ConfirmAsync("confirmed@example.org");
        await _fixture.SealAsync();
        var pending = await _fixture.SignAsync("pending@example.org");
        var held = await HeldAsync();
        var before = Row(confirmed);
        var letters = _fixture.CountRows("1 = 1", "letters");
        var done = await _fixture.InvalidateAsync(_british);
        await _fixture.SealAllAsync();
        _fixture.Clock.Advance(InvalidationRules.UndoTime / 2);
        var undone = await _fixture.UndoAsync(done);
        Assert.Equal((InvalidationStatus.Undone, 3, 3), (undone.Status, undone.Invalidated, undone.Restored));
        Assert.Equal(
            ("confirmed", "pending", "confirmed"),
            (_fixture.StateOf(confirmed), _fixture.StateOf(pending), _fixture.StateOf(held))
        );
        Assert.Equal(1, _fixture.CountRows($"id = {held} AND hold_reason = 'network'"));
        // Undo sends no letter.
        Assert.Equal(letters, _fixture.CountRows("1 = 1", "letters"));
        await _fixture.SealAllAsync();
        var after = Row(confirmed);
        Assert.Equal((0, 2), (before.LedgerN, after.LedgerN));
        Assert.Equal(3, _fixture.Lines().Count);
        // Nothing published ties the two lines of one person together.
        Assert.NotEqual(before.Commitment, after.Commitment);
        Assert.Null((await MineAsync(confirmed)).Refusal);
        _fixture.AssertNoDrift();
    }

    [Fact]
    public async Task Address_may_sign_anew_and_its_old_signature_is_not_restored()
    {
        var old = await _fixture.ConfirmAsync("kari@example.org");
        var other = await _fixture.ConfirmAsync("ola@example.org");
        var done = await _fixture.InvalidateAsync(_british);
        var anew = await _fixture.ConfirmAsync("Kari@example.org");
        Assert.NotEqual(old, anew);
        var undone = await _fixture.UndoAsync(done);
        Assert.Equal((2, 1), (undone.Invalidated, undone.Restored));
        Assert.Equal(
            ("invalidated", "confirmed", "confirmed"),
            (_fixture.StateOf(old), _fixture.StateOf(other), _fixture.StateOf(anew))
        );
        // It stays invalidated for good: its data goes at the end of the time.
        _fixture.Clock.Advance(InvalidationRules.UndoTime);
        await _fixture.RunAsync<EndUndoJob>();
        Assert.Equal(1, _fixture.CountRows($"id = {old} AND contact IS NULL"));
        Assert.Equal(1, _fixture.CountRows($"id = {anew} AND contact IS NOT NULL"));
        _fixture.AssertNoDrift();
    }

    [Fact]
    public async Task Undo_finds_an_address_that_signed_anew_under_another_key()
    {
        var old = await _fixture.SignAsync("kari@example.org");
        var still = await _fixture.SignAsync("ola@example.org");
        var done = await _fixture.InvalidateAsync(_british);
        Assert.Null((await _fixture.Get<KeyStore>().RotateAsync("index", Actor.Operator)).Refused);
        Assert.Null((await _fixture.Get<KeyStore>().RotateAsync("root", Actor.Operator)).Refused);
        await _fixture.SignAsync("kari@example.org");
        await _fixture.RunAsync<ReencryptJob>();
        // Rows that can be restored are re-encrypted and re-indexed too.
        Assert.Equal(0, _fixture.CountRows("index_version <> 2"));
        Assert.Equal(2, _fixture.CountRows("undo_index IS NOT NULL"));
        Assert.Equal(2, (await FindAsync("kari@example.org")).Count);
        Assert.Equal(1, (await _fixture.UndoAsync(done)).Restored);
        Assert.Equal(("invalidated", "pending"), (_fixture.StateOf(old), _fixture.StateOf(still)));
        Assert.Equal(still, Assert.Single(await FindAsync("ola@example.org")).Id);
        await _fixture.SignAsync("ola@example.org");
        Assert.Equal(3, _fixture.CountRows("1 = 1"));
    }

    [Fact]
    public async Task Address_that_said_not_me_is_not_restored()
    {
        var id = await _fixture.ConfirmAsync("kari@example.org");
        var done = await _fixture.InvalidateAsync(_british);
        var anew = await _fixture.SignAsync("kari@example.org");
        Assert.Null(await _fixture.Get<NotMeStore>().RunAsync(_fixture.Link(LinkPurpose.NotMe, anew)));
        Assert.Equal(0, (await _fixture.UndoAsync(done)).Restored);
        Assert.Equal("invalidated", _fixture.StateOf(id));
    }

    [Fact]
    public async Task What_the_signer_ended_since_stays_ended()
    {
        var withdrawn = await _fixture.ConfirmAsync("withdrawn@example.org");
        var erased = await _fixture.ConfirmAsync("erased@example.org");
        await _fixture.SealAsync();
        var done = await _fixture.InvalidateAsync(_british);
        await _fixture.WithdrawAsync(withdrawn);
        await _fixture.EraseAsync(erased);
        Assert.Equal(0, (await _fixture.UndoAsync(done)).Restored);
        Assert.Equal(("withdrawn", "erased"), (_fixture.StateOf(withdrawn), _fixture.StateOf(erased)));
        await _fixture.SealAllAsync();
        _fixture.AssertNoDrift();
    }

    [Fact]
    public async Task After_seven_days_the_data_is_cleared_and_an_undo_is_too_late()
    {
        var id = await _fixture.ConfirmAsync("kari@robots.example");
        await _fixture.SealAsync();
        var done = await _fixture.InvalidateAsync(new() { MailDomain = "robots.example" });
        _fixture.Clock.Advance(InvalidationRules.UndoTime - TimeSpan.FromMilliseconds(1));
        await _fixture.RunAsync<EndUndoJob>();
        Assert.Equal(1, _fixture.CountRows("contact IS NOT NULL"));
        Assert.Equal("robots.example", _fixture.FindInvalidation(done.Id).MailDomain);

        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(
            Refusal.TooLateToUndo,
            await _fixture.Get<InvalidationStore>().UndoAsync(_fixture.Campaign, done.Id, InvalidationFixture.One)
        );
        await _fixture.RunAsync<EndUndoJob>();
        Assert.Equal("invalidated", _fixture.StateOf(id));
        Assert.Equal(
            1,
            _fixture.CountRows(
                """
                contact IS NULL AND person IS NULL AND ledger_key IS NULL AND undo_index IS NULL
                AND blind_index IS NULL AND undo_until IS NULL AND invalidation IS NULL
                """
            )
        );
        Assert.Equal(0, _fixture.CountRows("1 = 1", "consents") + _fixture.CountRows("1 = 1", "letters"));
        var kept = _fixture.FindInvalidation(done.Id);
        Assert.Equal((null, null, 1), (kept.MailDomain, kept.Sample, kept.Invalidated));
        await _fixture.SealAllAsync();
        _fixture.AssertNoDrift();
    }

    [Fact]
    public async Task Undo_that_was_asked_for_in_time_goes_on_after_it()
    {
        var id = await _fixture.SignAsync("kari@example.org");
        var done = await _fixture.InvalidateAsync(_british);
        _fixture.Clock.Advance(InvalidationRules.UndoTime - TimeSpan.FromMilliseconds(1));
        Assert.Null(
            await _fixture.Get<InvalidationStore>().UndoAsync(_fixture.Campaign, done.Id, InvalidationFixture.One)
        );
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        await _fixture.RunAsync<EndUndoJob>();
        await _fixture.RunAsync<Worker.Invalidations.RunInvalidationsJob>();
        Assert.Equal("pending", _fixture.StateOf(id));
    }

    [Fact]
    public async Task Count_without_a_start_is_cancelled_after_seven_days()
    {
        await _fixture.SignAsync("kari@robots.example");
        var counted = await _fixture.CountAsync(new() { MailDomain = "robots.example" });
        _fixture.Clock.Advance(InvalidationRules.StartWithin - TimeSpan.FromMilliseconds(1));
        await _fixture.RunAsync<EndUndoJob>();
        Assert.Equal(InvalidationStatus.Counted, _fixture.FindInvalidation(counted.Id).Status);
        _fixture.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await _fixture.RunAsync<EndUndoJob>();
        var cancelled = _fixture.FindInvalidation(counted.Id);
        Assert.Equal((InvalidationStatus.Cancelled, null), (cancelled.Status, cancelled.MailDomain));
    }

    [Fact]
    public async Task Term_of_the_campaign_clears_what_could_be_undone()
    {
        var id = await _fixture.ConfirmAsync("kari@example.org");
        var done = await _fixture.InvalidateAsync(_british);
        await _fixture.Get<RetentionStore>().EraseAsync(_fixture.Campaign.Id, [id], default);
        Assert.Equal(1, _fixture.CountRows("contact IS NULL AND undo_index IS NULL AND invalidation IS NULL"));
        Assert.Equal(0, (await _fixture.UndoAsync(done)).Restored);
        Assert.Equal("invalidated", _fixture.StateOf(id));
        _fixture.AssertNoDrift();
    }

    private async Task<long> HeldAsync()
    {
        var id = await _fixture.SignAsync("held@example.org");
        await _fixture.Database.Writes.RunAsync(write =>
        {
            write.Count(_fixture.Campaign.Id, "GB", SignatureState.Pending, -1);
            write.Count(_fixture.Campaign.Id, "GB", SignatureState.Held, 1);
            return write.Connection.Execute("UPDATE signatures SET hold_reason = 'network' WHERE id = @id", new { id });
        });
        Assert.Null(
            (await _fixture.Get<ConfirmationStore>().ConfirmAsync(_fixture.Link(LinkPurpose.Confirm, id))).Refusal
        );
        return id;
    }

    private (long? LedgerN, string Commitment) Row(long id) =>
        _fixture.Query(connection =>
        {
            var (n, commitment) = connection.QuerySingle<(long?, byte[])>(
                "SELECT ledger_n, commitment FROM signatures WHERE id = @id",
                new { id }
            );
            return (n, Convert.ToHexString(commitment));
        });

    private Task<IReadOnlyList<ListedSignature>> FindAsync(string email) =>
        _fixture
            .Get<StaffSignatureReader>()
            .FindAsync(_fixture.Campaign, EmailAddress.Parse(email).Address!, Actor.Operator);

    private Task<Outcome<MySignature>> MineAsync(long id) =>
        Task.FromResult(_fixture.Get<MySignatureStore>().Find(_fixture.Link(LinkPurpose.Manage, id)));
}
