using System.Text;
using System.Text.RegularExpressions;
using Campaigns.Db;
using Campaigns.Db.SignIn;
using Campaigns.Db.Staff;
using Campaigns.Staff;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Staff;

/// <summary>
/// Letters to members: which are sent, to which address, and that neither address nor link stays
/// behind.
/// </summary>
public sealed partial class MemberLetterTests : IAsyncLifetime
{
    private const string Anne = "anne@example.org";
    private const string New = "anne.new@example.org";

    private CapturedLetters _letters = null!;

    private AddressStore Addresses => _letters.Campaign.Get<AddressStore>();
    private AccountStore Accounts => _letters.Campaign.Get<AccountStore>();
    private InvitationStore Invitations => _letters.Campaign.Get<InvitationStore>();

    public async Task InitializeAsync() => _letters = await CapturedLetters.OpenAsync();

    public async Task DisposeAsync() => await _letters.DisposeAsync();

    [Fact]
    public async Task Joined_address_is_confirmed_by_the_link_of_its_letter_once()
    {
        var id = await JoinAsync();
        Assert.False(Addresses.ReachesAdministrator());
        await _letters.SendAsync();
        await _letters.SendAsync();
        var letter = Assert.Single(_letters.Server.Letters);
        Assert.Contains($"To: <{Anne}>", letter, StringComparison.Ordinal);
        var token = Token(letter);
        Assert.Null(await Addresses.ConfirmAsync(token));
        Assert.NotNull(Accounts.Find(id)!.ConfirmedAt);
        Assert.True(Addresses.ReachesAdministrator());
        Assert.Equal(Refusal.LinkNotUsable, await Addresses.ConfirmAsync(token));
    }

    [Fact]
    public async Task No_other_letter_goes_to_an_address_that_is_not_confirmed()
    {
        var id = await JoinAsync();
        await _letters.SendAsync();
        await Invitations.InviteMemberAsync(id, Actor.Operator);
        await _letters.SendAsync();
        var asked = Assert.Single(_letters.Server.Letters);
        Assert.Null(await Addresses.ConfirmAsync(Token(asked)));

        await Invitations.InviteMemberAsync(id, Actor.Operator);
        await _letters.SendAsync();
        var news = _letters.Server.Letters.Last();
        Assert.Contains("Subject: A link to set up your sign-in again was made", news, StringComparison.Ordinal);
        Assert.DoesNotContain("/staff/join/", news, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_address_replaces_the_earlier_one_once_confirmed_with_a_letter_to_it()
    {
        var id = await JoinAndConfirmAsync();
        Assert.Null(await Addresses.RequestAsync(id, New, "en"));
        await _letters.SendAsync();
        var asked = _letters.Server.Letters.Last();
        Assert.Contains($"To: <{New}>", asked, StringComparison.Ordinal);
        Assert.Equal((Anne, New), (Accounts.Find(id)!.Address, Accounts.Find(id)!.PendingAddress));
        Assert.Null(Accounts.FindByAddress(New));

        Assert.Null(await Addresses.ConfirmAsync(Token(asked)));
        await _letters.SendAsync();
        var told = _letters.Server.Letters.Last();
        Assert.Contains($"To: <{Anne}>", told, StringComparison.Ordinal);
        Assert.DoesNotContain(New, told, StringComparison.Ordinal);
        Assert.Equal(id, Accounts.FindByAddress(New)!.StaffId);
        Assert.Null(Accounts.FindByAddress(Anne));
        Assert.Null(Accounts.Find(id)!.PendingAddress);
    }

    [Fact]
    public async Task Newer_request_ends_link_and_letter_of_the_earlier_one()
    {
        var id = await JoinAsync();
        await _letters.SendAsync();
        var first = Token(_letters.Server.Letters.Last());
        Assert.Null(await Addresses.RequestAsync(id, New, "en"));
        Assert.Null(await Addresses.RequestAsync(id, "anne.third@example.org", "en"));
        await _letters.SendAsync();
        Assert.Equal(["sent", "cancelled", "sent"], Column("state"));
        Assert.Equal(2, _letters.Server.Letters.Count);
        Assert.Equal(Refusal.LinkNotUsable, await Addresses.ConfirmAsync(first));
    }

    [Fact]
    public async Task Link_of_a_letter_works_for_three_days()
    {
        var id = await JoinAsync();
        await _letters.SendAsync();
        var token = Token(_letters.Server.Letters.Last());
        _letters.Campaign.Clock.Advance(AddressStore.LinkLifetime);
        Assert.Equal(Refusal.LinkNotUsable, await Addresses.ConfirmAsync(token));
        await _letters.Campaign.Get<EndedAccessStore>().ForgetAsync(default);
        Assert.Null(Accounts.Find(id)!.PendingAddress);
    }

    [Fact]
    public async Task Address_that_another_member_has_by_then_is_not_confirmed()
    {
        var id = await JoinAndConfirmAsync();
        Assert.Null(await Addresses.RequestAsync(id, New, "en"));
        await _letters.SendAsync();
        var token = Token(_letters.Server.Letters.Last());
        await JoinAsync(New);
        Assert.Equal(Refusal.WrongState, await Addresses.ConfirmAsync(token));
        Assert.Equal(Anne, Accounts.Find(id)!.Address);
    }

    [Fact]
    public async Task Request_is_refused_for_a_taken_or_malformed_address_and_after_five_a_day()
    {
        var id = await JoinAndConfirmAsync();
        await JoinAsync(New);
        Assert.Equal(AddressProblem.Taken, await Addresses.RequestAsync(id, New.ToUpperInvariant(), "en"));
        Assert.Equal(AddressProblem.Confirmed, await Addresses.RequestAsync(id, Anne, "en"));
        Assert.Equal(AddressProblem.Malformed, await Addresses.RequestAsync(id, "anne", "en"));
        Assert.Equal(AddressProblem.NoAccount, await Addresses.RequestAsync(17, Anne, "en"));
        // The letter after joining is the first.
        for (var number = 1; number < 5; number++)
            Assert.Null(await Addresses.RequestAsync(id, $"anne.{number}@example.org", "en"));
        Assert.Equal(AddressProblem.TooManyLetters, await Addresses.RequestAsync(id, "anne.5@example.org", "en"));
        _letters.Campaign.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await Addresses.RequestAsync(id, "anne.5@example.org", "en"));
    }

    [Fact]
    public async Task New_link_to_sign_in_ends_a_change_of_the_address()
    {
        var id = await JoinAndConfirmAsync();
        Assert.Null(await Addresses.RequestAsync(id, New, "en"));
        await _letters.SendAsync();
        var token = Token(_letters.Server.Letters.Last());
        var link = (await Invitations.InviteMemberAsync(id, Actor.Operator))!.Value.Token;
        Assert.Equal(id, (await Invitations.JoinAsync(link, new Joining(Anne, "hash", null))).Value);
        Assert.Equal(Refusal.LinkNotUsable, await Addresses.ConfirmAsync(token));
        Assert.NotNull(Accounts.Find(id)!.ConfirmedAt);
    }

    [Fact]
    public async Task Invitation_with_an_address_brings_its_link_unless_it_was_ended()
    {
        var (_, token) = await Invitations.InviteAsync("Bart", Role.Auditor, [], Actor.Operator, New);
        var (ended, _) = await Invitations.InviteAsync("Cato", Role.Auditor, [], Actor.Operator, Anne);
        Assert.True(await Invitations.EndAsync(ended, Actor.Operator));
        await _letters.SendAsync();
        var letter = Assert.Single(_letters.Server.Letters);
        Assert.Contains($"/staff/join/{token}", letter, StringComparison.Ordinal);
        Assert.Equal(["sent", "cancelled"], Column("state"));
    }

    [Theory]
    [InlineData("nl", "Bevestig je e-mailadres")]
    [InlineData("nb", "Bekreft e-postadressen din")]
    [InlineData("de", "Please confirm your e-mail address")]
    public async Task Letter_is_in_the_language_of_the_page_or_in_English(string locale, string subject)
    {
        await JoinAsync(locale: locale);
        await _letters.SendAsync();
        Assert.Contains("Subject: " + subject, Assert.Single(_letters.Server.Letters), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Letter_that_the_server_does_not_take_now_is_sent_later()
    {
        await JoinAsync();
        _letters.Server.AfterDot = number => number == 1 ? "451 4.3.0 later" : "250 2.0.0 taken";
        await _letters.SendAsync();
        Assert.Equal(["queued 4.3.0"], Column("state || ' ' || failure"));
        await _letters.SendAsync();
        Assert.Single(_letters.Server.Letters);
        _letters.Campaign.Clock.Advance(TimeSpan.FromMinutes(2));
        await _letters.SendAsync();
        Assert.Equal(["sent"], Column("state"));
    }

    [Fact]
    public async Task Letter_that_the_server_refuses_for_good_is_known_to_have_failed()
    {
        var id = await JoinAsync();
        var store = _letters.Campaign.Get<MemberLetterStore>();
        Assert.Equal("queued", store.FindNewest(id));
        _letters.Server.AfterDot = _ => "550 5.1.1 no such mailbox";
        await _letters.SendAsync();
        Assert.Equal("failed", store.FindNewest(id));
        Assert.Equal(1, Count("address IS NULL AND token IS NULL"));
    }

    [Fact]
    public async Task Letter_and_link_from_a_clock_that_was_ahead_do_not_wait_for_its_time()
    {
        var id = await JoinAsync();
        var ahead = _letters.Campaign.Clock.GetUtcNow().AddYears(1);
        const string Letter = "UPDATE staff_letters SET id = @id, created_at = @at, due_at = @at, lease_until = @at";
        const string Link = "UPDATE staff_accounts SET pending_until = @at";
        var date = new { id = Ids.First(ahead), at = ahead.ToUnixTimeMilliseconds() };
        await _letters.Campaign.Database.Writes.RunAsync(write =>
            write.Connection.Execute(Letter, date) + write.Connection.Execute(Link, date)
        );
        Assert.Equal(0, _letters.Campaign.Get<MemberLetterStore>().CountDue(1));
        await _letters.Campaign.Get<ClockStore>().ResetFutureDatesAsync(default);
        Assert.Equal(1, _letters.Campaign.Get<MemberLetterStore>().CountDue(1));
        Assert.True(Accounts.Find(id)!.PendingUntil <= _letters.Campaign.Clock.GetUtcNow());
    }

    [Fact]
    public async Task Letter_waits_without_losing_a_try_while_the_server_is_away()
    {
        await JoinAsync();
        _letters.Port = TestPorts.Next();
        await _letters.SendAsync();
        Assert.Equal(["queued 0"], Column("state || ' ' || tries"));
        Assert.NotNull(_letters.Outage.Problem);
        _letters.Port = null;
        _letters.Campaign.Clock.Advance(TimeSpan.FromMinutes(2));
        await _letters.SendAsync();
        Assert.Equal(["sent"], Column("state"));
    }

    [Fact]
    public async Task Address_and_link_are_encrypted_and_cleared_once_a_letter_is_final()
    {
        var id = await JoinAsync();
        await Addresses.RequestAsync(id, New, "en");
        var stored = _letters.Query(connection =>
            connection
                .Query<byte[]>(
                    """
                    SELECT address FROM staff_letters UNION ALL SELECT token FROM staff_letters
                    UNION ALL SELECT pending_address FROM staff_accounts
                    """
                )
                .ToList()
        );
        Assert.Equal(5, stored.Count);
        Assert.All(stored, value => Assert.DoesNotContain("anne", Encoding.Latin1.GetString(value)));
        await _letters.SendAsync();
        Assert.Equal(2, Count("address IS NULL AND token IS NULL"));
        _letters.Campaign.Clock.Advance(EndedAccessStore.OthersStay);
        await _letters.Campaign.Get<EndedAccessStore>().ForgetAsync(default);
        Assert.Equal(0, Count("1 = 1"));
    }

    [Fact]
    public async Task Stale_worker_changes_no_letter_that_another_one_claimed()
    {
        await JoinAsync();
        var store = _letters.Campaign.Get<MemberLetterStore>();
        var stale = Assert.Single(await store.ClaimAsync("one", 5, default));
        Assert.Empty(await store.ClaimAsync("two", 5, default));
        _letters.Campaign.Clock.Advance(TimeSpan.FromMinutes(5));
        var fresh = Assert.Single(await store.ClaimAsync("two", 5, default));
        await store.MarkAsync([new(stale, new("failed", "5.0.0"))], default);
        Assert.Equal(["queued"], Column("state"));
        await store.MarkAsync([new(fresh, new("sent"))], default);
        Assert.Equal(["sent"], Column("state"));
    }

    private async Task<long> JoinAsync(string email = Anne, string locale = "en")
    {
        var (_, token) = await Invitations.InviteAsync("Anne", Role.Administrator, [], Actor.Operator);
        return (await Invitations.JoinAsync(token, new Joining(email, "hash", null, locale))).Value;
    }

    private async Task<long> JoinAndConfirmAsync()
    {
        var id = await JoinAsync();
        await _letters.SendAsync();
        Assert.Null(await Addresses.ConfirmAsync(Token(_letters.Server.Letters.Last())));
        return id;
    }

    private List<string> Column(string name) =>
        _letters.Query(connection =>
            connection.Query<string>($"SELECT CAST({name} AS text) FROM staff_letters ORDER BY id").ToList()
        );

    private long Count(string condition) =>
        _letters.Query(connection =>
            connection.QuerySingle<long>($"SELECT count(*) FROM staff_letters WHERE {condition}")
        );

    private static string Token(string letter) => LinkOf().Match(letter).Groups[1].Value;

    [GeneratedRegex("/staff/confirm-address/([A-Za-z0-9_-]{40,})")]
    private static partial Regex LinkOf();
}
