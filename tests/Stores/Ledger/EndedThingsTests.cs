using Campaigns.Crypto;
using Campaigns.Db.Ledger;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Ledger;

/// <summary>
/// Tokens, links and updates that ended after a backup stay ended when it is restored.
/// </summary>
public sealed class EndedThingsTests : IAsyncLifetime
{
    private CampaignFixture _fixture = null!;

    private MySignatureStore Mine => _fixture.Get<MySignatureStore>();

    private StaffStore Staff => _fixture.Get<StaffStore>();
    private TokenStore Tokens => _fixture.Get<TokenStore>();

    public async Task InitializeAsync() => _fixture = await new CampaignFixture().StartAsync();

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Revoked_staff_token_stays_revoked()
    {
        var token = await Staff.AddAsync("Anne", Role.Auditor, [], Actor.Operator);
        var kept = await Staff.AddAsync("Bart", Role.Auditor, [], Actor.Operator);
        var id = Tokens.Find(token)!.Member.Id;
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await Staff.RevokeAsync(id, Actor.Operator));
        Assert.True(await Staff.RevokeAsync(id, Actor.Operator));
        var revokedAt = Staff.List().Single(member => member.Id == id).RevokedAt;
        Assert.Single(_fixture.Database.Journal.Read().Revocations);

        await _fixture.RestoreAsync();

        Assert.Null(Tokens.Find(token));
        Assert.NotNull(Tokens.Find(kept));
        Assert.Equal(revokedAt, Staff.List().Single(member => member.Id == id).RevokedAt);
        Assert.Contains(_fixture.Log.Lines, line => line.Event == LedgerRecovery.ActsReplayed);
        Assert.Single(_fixture.Database.Journal.Read().Revocations);
    }

    // Versions before wrote revocations to no journal.
    [Fact]
    public async Task Token_that_was_revoked_before_this_rule_gets_into_the_journal()
    {
        var token = await Staff.AddAsync("Anne", Role.Auditor, [], Actor.Operator);
        var id = Tokens.Find(token)!.Member.Id;
        await _fixture.BackUpAsync();
        await _fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE staff SET revoked_at = 1 WHERE id = @id", new { id })
        );
        await _fixture.RestartAsync();
        Assert.Equal([id], _fixture.Database.Journal.Read().Revocations.Select(revocation => revocation.Id));
        await _fixture.RestoreAsync();
        Assert.Null(Tokens.Find(token));
    }

    [Fact]
    public async Task Ended_links_stay_ended_and_the_newest_works()
    {
        var id = await _fixture.ConfirmAsync("kari@example.org");
        var first = _fixture.Link(LinkPurpose.Manage, id);
        var confirm = _fixture.Link(LinkPurpose.Confirm, id);
        await _fixture.BackUpAsync();
        var second = (await Mine.RevokeLinksAsync(first)).Value!;
        var third = (await Mine.RevokeLinksAsync(second)).Value!;

        await _fixture.RestoreAsync();

        Assert.NotNull(Mine.Find(third).Value);
        Assert.Null(Mine.Find(first).Value);
        Assert.Null(Mine.Find(second).Value);
        Assert.Null((await _fixture.Get<ConfirmationStore>().ConfirmAsync(confirm)).Value);
        _fixture.Log.Lines.Clear();
        await _fixture.RestartAsync();
        Assert.DoesNotContain(_fixture.Log.Lines, line => line.Event == LedgerRecovery.ActsReplayed);
        Assert.NotNull(Mine.Find(third).Value);
    }

    [Fact]
    public async Task Link_that_a_letter_renewed_works_and_the_older_one_stays_ended()
    {
        await using var letters = await CapturedLetters.OpenAsync();
        var fixture = letters.Campaign;
        var id = await fixture.ConfirmAsync("kari@example.org");
        await letters.SendAsync();
        await fixture.BackUpAsync();
        Assert.Empty(fixture.Database.Journal.Read().Acts);
        await fixture
            .Get<SigningStore>()
            .SendManageLinkAsync(fixture.Campaign, EmailAddress.Parse("kari@example.org").Address!, null);
        // The answer to a request takes as long for an address without a signature: the journal waits for the letter.
        Assert.Empty(fixture.Database.Journal.Read().Acts);
        await letters.SendAsync();

        await fixture.RestoreAsync();

        var mine = fixture.Get<MySignatureStore>();
        Assert.Null(mine.Find(fixture.Link(LinkPurpose.Manage, id)).Value);
        Assert.NotNull(mine.Find(fixture.Link(LinkPurpose.Manage, id, generation: 1)).Value);
        // The confirm link in the first letter goes on repeating its answer.
        var confirm = fixture.Link(LinkPurpose.Confirm, id);
        Assert.NotNull((await fixture.Get<ConfirmationStore>().ConfirmAsync(confirm)).Value);
    }

    [Fact]
    public async Task Pending_signature_keeps_the_link_in_its_letter()
    {
        var id = await _fixture.SignAsync("kari@example.org");
        await _fixture.BackUpAsync();
        Assert.NotNull((await Mine.RevokeLinksAsync(_fixture.Link(LinkPurpose.Manage, id))).Value);
        await _fixture.RestoreAsync();
        Assert.Null(Mine.Find(_fixture.Link(LinkPurpose.Manage, id)).Value);
        var confirmed = await _fixture.Get<ConfirmationStore>().ConfirmAsync(_fixture.Link(LinkPurpose.Confirm, id));
        Assert.NotNull(confirmed.Value);
    }

    [Fact]
    public async Task Updates_that_were_ended_stay_ended_unless_asked_for_again()
    {
        var ended = await WantsUpdatesAsync("ended@example.org");
        var again = await WantsUpdatesAsync("again@example.org");
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await SetUpdatesAsync(ended, false);
        await SetUpdatesAsync(again, false);

        await _fixture.RestoreAsync();

        Assert.False(Wants(ended));
        Assert.Equal(0, ConsentsTo(ended));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await SetUpdatesAsync(again, true);
        _fixture.Log.Lines.Clear();
        await _fixture.RestartAsync();
        Assert.True(Wants(again));
        Assert.Equal(1, ConsentsTo(again));
        Assert.DoesNotContain(_fixture.Log.Lines, line => line.Event == LedgerRecovery.ActsReplayed);
    }

    private async Task<long> WantsUpdatesAsync(string email)
    {
        var id = await _fixture.ConfirmAsync(email);
        if (!Wants(id))
            await SetUpdatesAsync(id, true);
        return id;
    }

    private async Task SetUpdatesAsync(long id, bool updates) =>
        Assert.Null(
            (await Mine.ChangeAsync(_fixture.Link(LinkPurpose.Manage, id), new SignatureChange(null, updates))).Refusal
        );

    private bool Wants(long id) => Mine.Find(_fixture.Link(LinkPurpose.Manage, id)).Value!.Updates;

    private long ConsentsTo(long id) =>
        _fixture.Query(connection =>
            connection.QuerySingle<long>(
                """
                SELECT count(*) FROM consents
                WHERE signature_id = @id AND purpose = 'updates' AND withdrawn_at IS NULL
                """,
                new { id }
            )
        );
}
