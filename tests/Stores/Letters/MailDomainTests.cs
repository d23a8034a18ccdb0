using Campaigns.Crypto;
using Campaigns.Db;
using Campaigns.Db.Keys;
using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Keys;
using Campaigns.Worker.Retention;
using Dapper;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Stores.Letters;

/// <summary>Letters past the bound of a mail domain wait; none is dropped.</summary>
public sealed class MailDomainTests : IAsyncLifetime
{
    private const string Crowd = "crowd.example";

    private CapturedLetters _letters = null!;

    private CampaignFixture Campaign => _letters.Campaign;

    private MailDomainStore Store => Campaign.Get<MailDomainStore>();

    public async Task InitializeAsync()
    {
        _letters = await CapturedLetters.OpenAsync();
        Campaign.Get<IOptions<LimitOptions>>().Value.LettersPerMailDomainPerHour = 3;
    }

    public async Task DisposeAsync() => await _letters.DisposeAsync();

    [Fact]
    public async Task Letters_past_the_bound_of_a_domain_leave_in_later_hours_and_none_is_dropped()
    {
        await SignAsync(8);
        await _letters.SendAsync();
        Assert.Equal(3, Sent());
        // Another domain does not wait behind this one.
        await Campaign.SignAsync("kari@quiet.example");
        await _letters.SendAsync();
        Assert.Equal(4, Sent());

        Campaign.Clock.Advance(TimeSpan.FromMinutes(59));
        await _letters.SendAsync();
        Assert.Equal(4, Sent());
        Campaign.Clock.Advance(TimeSpan.FromMinutes(60));
        await _letters.SendAsync();
        Assert.Equal(7, Sent());
        Campaign.Clock.Advance(TimeSpan.FromMinutes(60));
        await _letters.SendAsync();
        Assert.Equal(9, Sent());
        Assert.All(_letters.Letters(), letter => Assert.Equal("sent", letter.State));
    }

    [Fact]
    public async Task Link_of_a_letter_that_waited_lasts_seven_days_from_its_leaving()
    {
        await SignAsync(4);
        await _letters.SendAsync();
        Campaign.Clock.Advance(TimeSpan.FromDays(9));
        await Campaign.RunAsync<ExpirePendingJob>();
        await _letters.SendAsync();
        var last = Campaign.Query(connection =>
            connection.QuerySingle<long>("SELECT max(confirm_expires_at) FROM signatures WHERE state = 'pending'")
        );
        Assert.Equal(Campaign.Clock.UtcNow() + TimeSpan.FromDays(7), Instant.FromMilliseconds(last));
        Assert.Equal(1, Count("signatures WHERE state = 'pending'"));
    }

    [Fact]
    public async Task Large_provider_is_not_bounded()
    {
        for (var i = 0; i < 8; i++)
            await Campaign.SignAsync($"kari{i}@gmail.com");
        await _letters.SendAsync();
        Assert.Equal(8, Sent());
        Assert.Equal(0, Count("mail_domains"));
    }

    [Fact]
    public async Task Letter_after_a_confirmation_does_not_wait()
    {
        await SignAsync(3);
        var last = await Campaign.SignAsync($"last@{Crowd}");
        await _letters.SendAsync();
        Assert.Null(
            (
                await Campaign.Get<ConfirmationStore>().ConfirmAsync(Campaign.Link(LinkPurpose.Confirm, last))
            ).Refusal
        );
        await _letters.SendAsync();
        Assert.Equal(1, Count("letters WHERE kind = 'manage' AND state = 'sent'"));
    }

    [Fact]
    public async Task Second_try_of_a_letter_takes_no_second_place()
    {
        _letters.Server.Answer = command =>
            command.StartsWith("RCPT", StringComparison.Ordinal) ? "452 4.2.2 full"
            : command == "DATA" ? "354 go on"
            : "250 ok";
        await SignAsync(2);
        await _letters.SendAsync();
        _letters.Server.Answer = command => command == "DATA" ? "354 go on" : "250 ok";
        Campaign.Clock.Advance(TimeSpan.FromMinutes(2));
        await _letters.SendAsync();
        await Campaign.SignAsync($"third@{Crowd}");
        await _letters.SendAsync();
        Assert.Equal(3, Sent());
    }

    [Fact]
    public async Task Letter_that_waited_for_days_is_tried_as_long_as_any_other()
    {
        await SignAsync(4);
        await _letters.SendAsync();
        Campaign.Clock.Advance(TimeSpan.FromDays(6));
        _letters.Server.Answer = command =>
            command.StartsWith("RCPT", StringComparison.Ordinal) ? "452 4.2.2 full"
            : command == "DATA" ? "354 go on"
            : "250 ok";
        await Campaign.Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                "UPDATE letters SET turn_at = @now, due_at = @now WHERE state = 'queued'",
                new { now = write.Now.ToUnixTimeMilliseconds() }
            )
        );
        await _letters.SendAsync();
        Assert.Equal(1, Count("letters WHERE state = 'queued' AND tries = 1"));
    }

    [Fact]
    public async Task Domain_is_stored_as_a_keyed_hash_until_its_letter_has_left()
    {
        await SignAsync(4);
        var hash = Campaign.Get<KeyRing>().BlindIndex.ComputeDomain(Crowd);
        Assert.Equal(4, CountOf(hash));
        await _letters.SendAsync();
        Assert.Equal(1, CountOf(hash));
        Assert.NotEqual(Campaign.Get<KeyRing>().BlindIndex.Compute(0, Crowd), hash);

        Campaign.Clock.Advance(TimeSpan.FromHours(3));
        await _letters.SendAsync();
        Campaign.Clock.Advance(TimeSpan.FromHours(3));
        await Campaign.RunAsync<ForgetMailboxesJob>();
        Assert.Equal(0, CountOf(hash));
        Assert.Equal(0, Count("mail_domains"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Staff_see_the_domain_that_waits_and_mark_it_as_genuine(bool rotated)
    {
        var before = Campaign.Clock.UtcNow();
        await SignAsync(9);
        await _letters.SendAsync();
        if (rotated)
            await Campaign.RotateKeyAsync("index");
        var waiting = Assert.Single(Store.List());
        Assert.Equal((Crowd, 6L, null), (waiting.Domain, waiting.Waiting, waiting.GenuineUntil));
        Assert.InRange(waiting.Since!.Value, before, Campaign.Clock.UtcNow());

        await Store.MarkGenuineAsync(Crowd, "A university.", Actor.Operator);
        await _letters.SendAsync();
        Assert.Equal(9, Sent());
        await SignAsync(5, "more");
        await _letters.SendAsync();
        Assert.Equal(14, Sent());
        var marked = Assert.Single(Store.List());
        Assert.Equal((Crowd, 0L, null), (marked.Domain, marked.Waiting, marked.Since));
        Assert.InRange((marked.GenuineUntil!.Value - before).TotalDays, 30, 30.01);

        Campaign.Clock.Advance(TimeSpan.FromDays(30) + TimeSpan.FromHours(1));
        await SignAsync(5, "later");
        await _letters.SendAsync();
        Assert.Equal(17, Sent());
        await Campaign.RunAsync<ForgetMailboxesJob>();
        Assert.Equal(0, Count("genuine_mail_domains"));
    }

    private async Task SignAsync(int people, string name = "kari")
    {
        for (var i = 0; i < people; i++)
            await Campaign.SignAsync($"{name}{i}@{Crowd}");
    }

    private int Sent() => _letters.Letters().Count(letter => letter.State == "sent");

    private long Count(string rows) =>
        Campaign.Query(connection => connection.QuerySingle<long>($"SELECT count(*) FROM {rows}"));

    private long CountOf(byte[] hash) =>
        Campaign.Query(connection =>
            connection.QuerySingle<long>("SELECT count(*) FROM letters WHERE domain_hash = @hash", new { hash })
        );
}
