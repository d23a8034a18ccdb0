using Campaigns.Crypto;
using Campaigns.Db.Bounces;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Letters;
using Campaigns.Sendings;
using Campaigns.Signatures;
using Campaigns.Subscribers;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Sendings;
using Campaigns.Worker.Retention;
using Dapper;

namespace Campaigns.Tests.Stores.Bounces;

/// <summary>What reports of letters that came back change.</summary>
public sealed class BounceStoreTests : IAsyncLifetime
{
    private const string Kari = "kari@gmail.com";

    private SendingFixture _fixture = null!;

    private CampaignFixture Campaign => _fixture.Campaign;
    private BounceStore Store => Campaign.Get<BounceStore>();

    public async Task InitializeAsync() => _fixture = await SendingFixture.OpenAsync(subscribers: 40);

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Letter_that_comes_back_is_counted_once_and_noted()
    {
        await SignAndSendAsync(Kari);
        var report = ReportOf(LetterOutbox.People, OnlyLetter(), "5.1.1");
        Assert.Equal(ReportResult.Applied, await Store.ApplyAsync([report], null));
        Assert.Equal(ReportResult.Applied, await Store.ApplyAsync([report], null));
        var letter = _fixture.Letters.Only();
        Assert.Equal(("failed", "5.1.1"), (letter.State, letter.Failure));
        Assert.Equal("accepted 1, bounced 5.1.1 1, created 1", Days());
        Assert.Equal(1, Provider("gmail").Bounced);

        // The same campaign mails it once more after a day, and the second refusal is final everywhere.
        await SignAndSendAsync(Kari);
        Campaign.Clock.Advance(TimeSpan.FromDays(1));
        await SignAndSendAsync(Kari);
        var second = Campaign.Query(connection => connection.QuerySingle<long>("SELECT max(id) FROM letters"));
        await Store.ApplyAsync([ReportOf(LetterOutbox.People, second, "5.1.1")], null);
        Campaign.Clock.Advance(TimeSpan.FromDays(2));
        await SignAndSendAsync(Kari);
        Assert.Equal(["failed", "failed"], _fixture.Letters.Letters().Select(one => one.State));
        Assert.Equal(1, Provider("gmail").Bounced);
        var other = await Campaign.CreateAsync("another-campaign");
        await Campaign.SignAsync(Kari, campaign: other);
        await _fixture.Letters.SendAsync();
        Assert.Equal("suppressed", _fixture.Letters.Letters()[^1].Failure);
    }

    [Fact]
    public async Task Mailbox_that_refuses_for_good_gets_no_letters_until_staff_lift_it()
    {
        await Store.ApplyAsync([BounceReport.FromStatus("5.2.1", null, Kari)], null);
        await SignAndSendAsync(Kari);
        Assert.Equal("suppressed", _fixture.Letters.Only().Failure);

        var suppressions = Campaign.Get<SuppressionStore>();
        var found = Assert.Single(await suppressions.FindAsync(EmailAddress.Parse(Kari).Address!, Actor.Operator));
        Assert.Equal((null, "bounced"), (found.CampaignId, found.Reason));
        Assert.NotNull(suppressions.Find(found.Id));
        Assert.Null(await suppressions.LiftAsync(found.Id, "The owner asked.", Actor.Operator));
        Campaign.Clock.Advance(TimeSpan.FromDays(1));
        await Campaign.SignAsync(Kari, name: "Kari Corrected");
        await _fixture.Letters.SendAsync();
        Assert.Equal("sent", _fixture.Letters.Letters()[^1].State);
    }

    [Fact]
    public async Task Refusal_while_sending_suppresses_by_the_same_rule()
    {
        _fixture.Letters.Server.Answer = command =>
            command.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.2.1 disabled"
            : command == "DATA" ? "354 go on"
            : "250 ok";
        await SignAndSendAsync(Kari);
        var other = await Campaign.CreateAsync("another-campaign");
        await Campaign.SignAsync(Kari, campaign: other);
        await _fixture.Letters.SendAsync();
        Assert.Equal(["5.2.1", "suppressed"], _fixture.Letters.Letters().Select(one => one.Failure));
        // A lift of the campaign's suppression lifts the other too.
        var suppressions = Campaign.Get<SuppressionStore>();
        var found = Assert.Single(await suppressions.FindAsync(EmailAddress.Parse(Kari).Address!, Actor.Operator));
        Assert.Equal(Campaign.Campaign.Id, found.CampaignId);
        Assert.Null(await suppressions.LiftAsync(found.Id, "The owner asked.", Actor.Operator));
        Assert.Equal(0, Count("refused_mailboxes"));
    }

    [Fact]
    public async Task Refusal_for_policy_counts_for_the_domain_and_suppresses_no_one()
    {
        await Store.ApplyAsync(
            [BounceReport.FromStatus("5.7.1", null, Kari), BounceReport.FromStatus("5.7.1", null, "ola@small.example")],
            null
        );
        Assert.Equal(0, Count("refused_mailboxes"));
        Assert.Equal(
            ["gmail.com 5.7.1 1", "other 5.7.1 1"],
            Campaign.Query(connection =>
                connection.Query<string>("SELECT domain || ' ' || code || ' ' || value FROM policy_refusals ORDER BY 1")
            )
        );
    }

    [Fact]
    public async Task Complaint_ends_subscriptions_and_leaves_letters_that_are_asked_for()
    {
        var address = SendingFixture.Address(1);
        await Store.ApplyAsync([BounceReport.Complaint(null, address)], "one");
        Assert.Equal(ReportResult.Repeated, await Store.ApplyAsync([BounceReport.Complaint(null, address)], "one"));
        Assert.Equal(
            (SubscriberState.Ended, SubscriberEnd.Complained),
            Campaign.Query(connection =>
                connection.QuerySingle<(string, string)>(
                    "SELECT state, end_reason FROM subscribers WHERE end_reason IS NOT NULL"
                )
            )
        );
        Assert.Contains("unsubscribed", await File.ReadAllTextAsync(Campaign.JournalFile), StringComparison.Ordinal);
        await _fixture.BeginAsync();
        await _fixture.SendAsync();
        Assert.Equal(39, _fixture.Mailed.Count);

        Campaign.Clock.Advance(TimeSpan.FromSeconds(1));
        await SignAndSendAsync(address);
        Assert.Equal("sent", _fixture.Letters.Only().State);
        await Campaign.SubscribeAsync(address);
        _fixture.Letters.Server.Commands.Clear();
        await _fixture.NextAsync();
        await _fixture.BeginAsync();
        await _fixture.SendAsync();
        Assert.Contains(address, _fixture.Mailed.Keys);
    }

    [Fact]
    public async Task Updates_that_come_back_pause_the_sending()
    {
        await _fixture.BeginAsync();
        await _fixture.SendAsync();
        var letters = Campaign.Query(connection =>
            connection.Query<long>("SELECT id FROM update_letters ORDER BY subscriber_id").ToList()
        );
        // The last letter is not recorded yet, so that the sending goes on.
        var until = (Campaign.Clock.GetUtcNow() + TimeSpan.FromMinutes(1)).ToUnixTimeMilliseconds();
        await SetAsync(
            "UPDATE update_letters SET state = 'queued', lease_owner = 'a', "
                + $"lease_until = {until} WHERE id = {letters[^1]}"
        );
        await SetAsync("UPDATE sendings SET state = 'sending'");
        Assert.Equal(
            ReportResult.TooEarly,
            await Store.ApplyAsync([ReportOf(LetterOutbox.Updates, letters[^1], "5.2.1")], null)
        );
        foreach (var letter in letters.Take(6))
            await Store.ApplyAsync([ReportOf(LetterOutbox.Updates, letter, "5.2.1")], null);
        Assert.Equal(
            (SendingState.Paused, PauseReason.Bounces),
            (_fixture.Sending.State, _fixture.Sending.PauseReason)
        );
        Assert.Equal(6, _fixture.Sending.Progress.Failed);
    }

    [Fact]
    public async Task Records_of_mailboxes_are_deleted_when_nothing_of_them_counts()
    {
        await Store.ApplyAsync([BounceReport.FromStatus("4.2.2", null, Kari)], "one");
        await Store.ApplyAsync([BounceReport.FromStatus("5.2.1", null, "ola@example.org")], "two");
        Campaign.Clock.Advance(TimeSpan.FromDays(15));
        await Campaign.RunAsync<ForgetSuppressionsJob>();
        Assert.Equal((1, 0), (Count("refused_mailboxes"), Count("seen_reports")));
        Campaign.Clock.Advance(TimeSpan.FromDays(75));
        await Campaign.RunAsync<ForgetSuppressionsJob>();
        Assert.Equal(0, Count("refused_mailboxes"));
    }

    private async Task SignAndSendAsync(string address)
    {
        await Campaign.SignAsync(address);
        await _fixture.Letters.SendAsync();
    }

    private long OnlyLetter() => _fixture.Letters.Only().Id;

    private BounceReport ReportOf(LetterOutbox outbox, long id, string status) =>
        BounceReport.FromStatus(
            status,
            Campaign.Database.Keys.Tokens.WriteLetterTag(new LetterTag(outbox, id)),
            address: null
        );

    private string Days() =>
        string.Join(
            ", ",
            Campaign
                .Get<LetterStore>()
                .ListDays(Campaign.Campaign.Id)
                .Select(day => $"{day.Fate} {day.Code} {day.Letters}".Replace("  ", " ", StringComparison.Ordinal))
        );

    private FunnelStep Provider(string name) =>
        Campaign
            .Get<TrendStore>()
            .ReadByProvider(Campaign.Get<CampaignStore>().Find(CampaignFixture.Slug)!, hourly: false)
            .Steps.Single(step => step.Key == name);

    private long Count(string table) =>
        Campaign.Query(connection => connection.QuerySingle<long>($"SELECT count(*) FROM {table}"));

    private Task SetAsync(string sql) => Campaign.Database.Writes.RunAsync(write => write.Connection.Execute(sql));
}
