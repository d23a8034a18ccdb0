using Campaigns.Crypto;
using Campaigns.Db.Ledger;
using Campaigns.Db.Signatures;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Campaigns.Staff;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Microsoft.AspNetCore.Identity;

namespace Campaigns.Tests.Stores.Ledger;

/// <summary>
/// Tokens, links and updates that ended after a backup stay ended when it is restored.
/// </summary>
public sealed class EndedThingsTests : IAsyncLifetime
{
    private static readonly string[] _signInTables =
    [
        "staff_accounts",
        "staff_passkeys",
        "staff_recovery_codes",
        "staff_sessions",
        "staff_letters",
        "staff_calendars",
    ];

    private CampaignFixture _fixture = null!;

    private MySignatureStore Mine => _fixture.Get<MySignatureStore>();

    private StaffStore Staff => _fixture.Get<StaffStore>();
    private TokenStore Tokens => _fixture.Get<TokenStore>();
    private CalendarStore Calendars => _fixture.Get<CalendarStore>();
    private SessionStore Sessions => _fixture.Get<SessionStore>();
    private AccountStore Accounts => _fixture.Get<AccountStore>();
    private InvitationStore Invitations => _fixture.Get<InvitationStore>();

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
    public async Task Ended_token_session_invitation_and_passkey_stay_ended()
    {
        var id = Tokens.Find(await Staff.AddAsync("Anne", Role.Auditor, [], Actor.Operator))!.Member.Id;
        var (tokenId, token) = await Tokens.AddAsync(id, "wall", readOnly: true, TimeSpan.FromDays(9));
        var session = await Sessions.StartAsync(id, "Firefox, Linux", secondFactor: true);
        var used = (await Invitations.InviteAsync("Bart", Role.Auditor, [], Actor.Operator)).Token;
        var (endedId, ended) = await Invitations.InviteAsync("Cato", Role.Auditor, [], Actor.Operator);
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await Tokens.EndAsync(id, tokenId));
        Assert.True(await Sessions.EndAsync(id, Sessions.List(id).Single().Id));
        Assert.NotEqual(0, (await Invitations.JoinAsync(used, new Joining("bart@example.org", "hash", null))).Value);
        Assert.True(await Invitations.EndAsync(endedId, Actor.Operator));

        await _fixture.RestoreAsync();

        Assert.Null(Tokens.Find(token));
        Assert.Null(Sessions.Find(session));
        Assert.Null(Invitations.Find(used));
        Assert.Null(Invitations.Find(ended));
    }

    [Fact]
    public async Task Ended_calendar_address_stays_ended()
    {
        var id = await JoinAsync("anne@example.org");
        var (endedId, ended) = await Calendars.AddAsync(id, null);
        var (_, kept) = await Calendars.AddAsync(id, _fixture.Campaign);
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await Calendars.EndAsync(id, endedId));

        await _fixture.RestoreAsync();

        Assert.Null(Calendars.Find(ended));
        Assert.NotNull(Calendars.Find(kept));
        _fixture.Clock.Advance(EndedAccessStore.OthersStay);
        await _fixture.Get<EndedAccessStore>().ForgetAsync(default);
        Assert.Equal(1, Rows("staff_calendars"));
    }

    [Fact]
    public async Task Password_that_was_changed_after_the_backup_works_no_more()
    {
        var id = await JoinAsync("anne@example.org");
        await _fixture.BackUpAsync();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        var account = Accounts.Find(id)!;
        account.PasswordHash = "new";
        Assert.True(await Accounts.ChangeSignInAsync(account, 0, "password.set"));
        await _fixture.RestartAsync();
        Assert.Equal("new", Accounts.Find(id)!.PasswordHash);

        await _fixture.RestoreAsync();

        Assert.Null(Accounts.Find(id)!.PasswordHash);
        Assert.Equal("anne@example.org", Accounts.Find(id)!.Address);
    }

    [Fact]
    public async Task Ended_access_is_deleted_after_its_time_and_the_name_stays()
    {
        var id = await JoinAsync("anne@example.org");
        await Sessions.StartAsync(id, "Firefox, Linux", secondFactor: true);
        var passkey = new UserPasskeyInfo([1], [2], default, 0, null, true, false, false, [3], [4]);
        await _fixture.Get<PasskeyStore>().AddAsync(id, new NewPasskey("localhost", "phone", passkey));
        await _fixture.Get<RecoveryCodeStore>().ReplaceAsync(id, ["7XK2F-PQ9RT"]);
        await Calendars.AddAsync(id, null);
        Assert.True(await Staff.RevokeAsync(id, Actor.Operator));
        _fixture.Clock.Advance(AuditRetention.EndedMemberStays - TimeSpan.FromMinutes(1));
        await _fixture.Get<EndedAccessStore>().ForgetAsync(default);
        Assert.All(_signInTables, table => Assert.Equal(1, Rows(table)));
        _fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.Get<EndedAccessStore>().ForgetAsync(default);
        Assert.All(_signInTables, table => Assert.Equal(0, Rows(table)));
        Assert.Equal("Anne", Staff.List().Single(member => member.Id == id).Name);
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

    private async Task<long> JoinAsync(string email)
    {
        var (_, token) = await Invitations.InviteAsync("Anne", Role.Auditor, [], Actor.Operator);
        return (await Invitations.JoinAsync(token, new Joining(email, "hash", null))).Value;
    }

    private long Rows(string table) =>
        _fixture.Query(connection => connection.QuerySingle<long>($"SELECT count(*) FROM {table}"));
}
