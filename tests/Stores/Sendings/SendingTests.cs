using Campaigns.Db.Staff;
using Campaigns.Db.Timeline;
using Campaigns.Sendings;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Retention;
using Dapper;

namespace Campaigns.Tests.Stores.Sendings;

/// <summary>An update goes to each subscriber of its audience once.</summary>
public sealed class SendingTests : IAsyncLifetime
{
    private SendingFixture _fixture = null!;

    public async Task InitializeAsync() => _fixture = await SendingFixture.OpenAsync(subscribers: 10);

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Update_goes_to_each_subscriber_once()
    {
        Assert.Equal(10, (await _fixture.BeginAsync()).Value);
        await _fixture.SendAsync();
        await _fixture.SendAsync();
        Assert.Equal(10, _fixture.Mailed.Count);
        Assert.All(_fixture.Mailed.Values, letters => Assert.Equal(1, letters));
        Assert.Equal(SendingState.Sent, _fixture.Sending.State);
        Assert.Equal(new SendingProgress(10, 10, 0), _fixture.Sending.Progress);
        Assert.Equal(Refusal.AlreadySent, (await _fixture.BeginAsync()).Refusal);
        Assert.Equal(Refusal.WrongState, await _fixture.Store.PauseAsync(_fixture.Change));
    }

    [Fact]
    public async Task Letter_has_the_text_in_the_language_and_the_headers_of_a_list()
    {
        await _fixture.SubscribeAsync(1, "NL", "nl");
        await _fixture.BeginAsync(audience: new Audience(["NL"], null), showsTitle: false);
        await _fixture.SendAsync();
        var letter = Assert.Single(_fixture.Letters.Server.Letters);
        Assert.Contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\n", letter, StringComparison.Ordinal);
        Assert.Matches("List-Unsubscribe:\n <https://petitions.example.org/unsubscribe/[A-Za-z0-9_-]{71}>\n", letter);
        Assert.Matches("List-Id: <[0-9a-f]{32}\\.example\\.org>\n", letter);
        Assert.Matches("Feedback-ID: [0-9a-f]{32}:update:campaign\n", letter);
        Assert.Contains("Sinds december.", letter, StringComparison.Ordinal);
        Assert.Contains("Content-Language: nl\n", letter, StringComparison.Ordinal);
        var headers = letter.Split("\n\n")[0];
        Assert.DoesNotContain(CampaignFixture.Slug, headers, StringComparison.Ordinal);
        Assert.DoesNotContain("golf", headers, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Title_leaves_the_subject_once_the_campaign_is_sensitive()
    {
        await _fixture.BeginAsync(showsTitle: true);
        await _fixture.Campaign.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE campaigns SET sensitive = 1")
        );
        await _fixture.Campaign.RestartAsync();
        await _fixture.SendAsync();
        Assert.Equal(10, _fixture.Mailed.Count);
        Assert.All(_fixture.Letters.Server.Letters, letter =>
            Assert.Contains("Subject: News about a petition you follow\n", letter, StringComparison.Ordinal)
        );
        var text = _fixture.Letters.Server.Letters.First().Split("\n\n", 3)[2];
        Assert.DoesNotContain("A new wave", text[..200], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audience_is_of_the_countries_and_languages_that_staff_chose()
    {
        await _fixture.SubscribeAsync(3, "NL", "nl");
        await _fixture.SubscribeAsync(2, "BE", "nl");
        await _fixture.SubscribeAsync(1, "BE", "en", first: 5);
        var audience = new Audience(["BE", "NL"], ["nl"]);
        Assert.Equal(5, _fixture.Store.Count(_fixture.Campaign.Campaign.Id, audience));
        Assert.Equal(5, (await _fixture.BeginAsync(audience: audience)).Value);
        await _fixture.SendAsync();
        Assert.Equal(
            ["be0", "be1", "nl0", "nl1", "nl2"],
            _fixture.Mailed.Keys.Select(address => address.Split('@')[0]).Order()
        );
    }

    [Fact]
    public async Task Empty_audience_is_refused()
    {
        var refusal = (await _fixture.BeginAsync(audience: new Audience(["NO"], null))).Refusal;
        Assert.Equal(["audience"], refusal!.Errors!.Keys);
        Assert.Null(_fixture.Store.Find(_fixture.Update));
    }

    [Fact]
    public async Task Sending_waits_for_its_time_and_freezes_the_audience_then()
    {
        var at = CampaignFixture.Start.AddHours(2);
        await _fixture.BeginAsync(at);
        await _fixture.SubscribeAsync(1, "NL");
        await _fixture.SendAsync();
        Assert.Equal((SendingState.Scheduled, 0), (_fixture.Sending.State, _fixture.Mailed.Count));
        _fixture.Campaign.Clock.Advance(TimeSpan.FromHours(2));
        await _fixture.SendAsync();
        Assert.Equal((SendingState.Sent, 11), (_fixture.Sending.State, _fixture.Mailed.Count));
    }

    [Fact]
    public async Task Letters_leave_only_in_the_hours_of_the_campaigns_zone()
    {
        // It is 10:00 in London.
        var hours = new SendingHours(new TimeOnly(11, 0), new TimeOnly(20, 0));
        await _fixture.BeginAsync(hours: hours);
        await _fixture.SendAsync();
        Assert.Empty(_fixture.Mailed);
        _fixture.Campaign.Clock.Advance(TimeSpan.FromHours(1));
        await _fixture.SendAsync();
        Assert.Equal(10, _fixture.Mailed.Count);
    }

    [Fact]
    public async Task People_who_come_or_go_after_the_start_get_none()
    {
        await _fixture.BeginAsync();
        await _fixture.UnsubscribeAsync(3);
        _fixture.Campaign.Clock.Advance(TimeSpan.FromSeconds(1));
        await _fixture.SubscribeAsync(1, first: 3);
        await _fixture.SubscribeAsync(1, first: 10);
        await _fixture.SendAsync();
        Assert.Equal(9, _fixture.Mailed.Count);
        Assert.DoesNotContain(SendingFixture.Address(3), _fixture.Mailed.Keys);
        Assert.DoesNotContain(SendingFixture.Address(10), _fixture.Mailed.Keys);
        Assert.Equal(SendingState.Sent, _fixture.Sending.State);
    }

    [Fact]
    public async Task Person_who_leaves_while_a_letter_waits_gets_none()
    {
        // The mail server takes nothing at first, so all letters wait for their second try.
        _fixture.Letters.Server.Answer = command =>
            command.StartsWith("RCPT", StringComparison.Ordinal) ? "450 4.2.0 later" : "250 ok";
        await _fixture.BeginAsync();
        await _fixture.SendAsync();
        Assert.Equal(new SendingProgress(10, 0, 0), _fixture.Sending.Progress);
        await _fixture.UnsubscribeAsync(0);
        _fixture.Letters.Server.Commands.Clear();
        _fixture.Letters.Server.Answer = command => command == "DATA" ? "354 go on" : "250 ok";
        _fixture.Campaign.Clock.Advance(TimeSpan.FromMinutes(5));
        await _fixture.SendAsync();
        Assert.Equal(9, _fixture.Mailed.Count);
        Assert.DoesNotContain(SendingFixture.Address(0), _fixture.Mailed.Keys);
        Assert.Equal(new SendingProgress(10, 10, 0), _fixture.Sending.Progress);
    }

    [Fact]
    public async Task Paused_sending_sends_nothing_and_resumes_where_it_was()
    {
        await _fixture.BeginAsync();
        Assert.Null(await _fixture.Store.PauseAsync(_fixture.Change));
        Assert.Null(await _fixture.Store.PauseAsync(_fixture.Change));
        await _fixture.SendAsync();
        Assert.Empty(_fixture.Mailed);
        Assert.Equal((SendingState.Paused, PauseReason.Staff), (_fixture.Sending.State, _fixture.Sending.PauseReason));
        Assert.Null(await _fixture.Store.ResumeAsync(_fixture.Change));
        Assert.Null(await _fixture.Store.ResumeAsync(_fixture.Change));
        await _fixture.SendAsync();
        Assert.Equal(10, _fixture.Mailed.Count);
    }

    [Fact]
    public async Task Cancelled_sending_begins_again_without_those_who_have_it()
    {
        // After four letters the server takes no more, and the sending is cancelled.
        _fixture.Letters.Server.AfterDot = number => number <= 4 ? "250 ok" : "451 4.3.0 later";
        await _fixture.BeginAsync();
        await _fixture.SendAsync();
        Assert.Null(await _fixture.Store.CancelAsync(_fixture.Change));
        Assert.Null(await _fixture.Store.CancelAsync(_fixture.Change));
        await _fixture.SendAsync();
        Assert.Equal((SendingState.Cancelled, 4), (_fixture.Sending.State, Sent()));
        Assert.Equal(Refusal.WrongState, await _fixture.Store.ResumeAsync(_fixture.Change));
        _fixture.Letters.Server.AfterDot = _ => "250 ok";
        Assert.Equal(10, (await _fixture.BeginAsync()).Value);
        _fixture.Campaign.Clock.Advance(TimeSpan.FromMinutes(5));
        await _fixture.SendAsync();
        Assert.Equal((SendingState.Sent, 10), (_fixture.Sending.State, Sent()));
        Assert.Equal(10, _fixture.Letters.Server.Letters.Count - 6);
    }

    [Fact]
    public async Task Letters_are_forgotten_some_time_after_the_end_and_the_figures_stay()
    {
        await _fixture.BeginAsync();
        await _fixture.SendAsync();
        await _fixture.NextAsync();
        await _fixture.BeginAsync();
        await _fixture.Store.CancelAsync(_fixture.Change);
        _fixture.Campaign.Clock.Advance(TimeSpan.FromDays(90) - TimeSpan.FromMinutes(1));
        await _fixture.Campaign.RunAsync<ForgetUpdateLettersJob>();
        Assert.Equal(10, Sent());
        _fixture.Campaign.Clock.Advance(TimeSpan.FromMinutes(1));
        await _fixture.Campaign.RunAsync<ForgetUpdateLettersJob>();
        await _fixture.Campaign.RunAsync<ForgetUpdateLettersJob>();
        Assert.Equal(0, Sent());
        // The journal still names them, and a start must not bring them back.
        await _fixture.Campaign.RestartAsync();
        Assert.Equal(0, Sent());
        Assert.Equal(
            10,
            _fixture.Campaign.Query(connection => connection.QuerySingle<long>("SELECT max(done) FROM sendings"))
        );
    }

    [Fact]
    public async Task Withdrawn_update_leaves_no_more_and_its_sending_is_cancelled()
    {
        await _fixture.BeginAsync();
        var timeline = _fixture.Campaign.Get<TimelineStore>();
        Assert.Null(await timeline.RemoveAsync(_fixture.Campaign.Campaign, _fixture.Update, _ => true, Actor.Operator));
        await _fixture.SendAsync();
        Assert.Empty(_fixture.Mailed);
        Assert.Equal(SendingState.Cancelled, _fixture.Sending.State);
    }

    [Fact]
    public async Task Draft_cannot_be_sent()
    {
        var timeline = _fixture.Campaign.Get<TimelineStore>();
        var draft = (
            await _fixture.Campaign.Database.Writes.RunAsync(write =>
                timeline.Create(
                    write,
                    _fixture.Campaign.Campaign,
                    _fixture.Campaign.Get<TimelineReader>().Find(_fixture.Update)!.Draft,
                    null,
                    Actor.Operator
                )
            )
        ).Value!;
        var refusal = await _fixture.Campaign.Database.Writes.RunAsync(write =>
            _fixture
                .Store.Begin(
                    write,
                    _fixture.Campaign.Campaign,
                    draft.Id,
                    new SendingOrder
                    {
                        Audience = Audience.All,
                        At = null,
                        Hours = null,
                        ShowsTitle = false,
                    },
                    Actor.Operator
                )
                .Refusal
        );
        Assert.Equal(Refusal.WrongState, refusal);
    }

    private long Sent() =>
        _fixture.Campaign.Query(connection =>
            connection.QuerySingle<long>("SELECT count(*) FROM update_letters WHERE state = 'sent'")
        );
}
