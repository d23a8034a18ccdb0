using Campaigns.Crypto;
using Campaigns.Db.Bounces;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Letters;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Tests.Stores.Sendings;
using Dapper;

namespace Campaigns.Tests.Stores.Bounces;

/// <summary>Which address a report concerns, and what it must not undo.</summary>
public sealed class ReportedAddressTests : IAsyncLifetime
{
    private const string Kari = "kari@gmail.com";
    private const string Victim = "victim@example.org";

    private SendingFixture _fixture = null!;

    private CampaignFixture Campaign => _fixture.Campaign;
    private BounceStore Store => Campaign.Get<BounceStore>();

    public async Task InitializeAsync() => _fixture = await SendingFixture.OpenAsync(subscribers: 1);

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Report_of_a_letter_never_stops_letters_to_another_address()
    {
        await SignAndSendAsync(Kari);
        var report = Report("5.2.1", Victim);
        Assert.Equal(ReportResult.Applied, await Store.ApplyAsync([report], null));
        await SignAndSendAsync(Victim);
        Assert.Equal("sent", _fixture.Letters.Letters()[^1].State);
        Assert.Equal("failed", _fixture.Letters.Letters()[0].State);
        Assert.Single(await FindAsync(Kari));
    }

    [Fact]
    public async Task Word_of_an_owner_stays_when_their_mailbox_is_lifted()
    {
        await SignAndSendAsync(Kari);
        await Store.ApplyAsync([Report("5.2.1")], null);
        var email = EmailAddress.Parse(Kari).Address!;
        await Campaign.Database.Writes.RunAsync(write =>
        {
            Suppressions.Add(
                write,
                Campaign.Campaign.Id,
                Campaign.Database.Keys.BlindIndex.Address(Campaign.Campaign.Id, email.Normalised),
                Suppressions.NotMe,
                write.Now,
                TimeSpan.FromDays(90)
            );
            return true;
        });
        var mailbox = Campaign.Query(connection => connection.QuerySingle<long>("SELECT id FROM refused_mailboxes"));
        Assert.Null(
            await Campaign.Get<SuppressionStore>().LiftAsync(mailbox, "The owner asked another team.", Actor.Operator)
        );
        var kept = Assert.Single(await FindAsync(Kari));
        Assert.Equal((Campaign.Campaign.Id, Suppressions.NotMe), (kept.CampaignId, kept.Reason));
    }

    [Fact]
    public async Task Report_of_a_letter_without_a_reply_ends_its_second_copy()
    {
        await SignAndSendAsync(Kari);
        var until = (Campaign.Clock.GetUtcNow() + TimeSpan.FromMinutes(1)).ToUnixTimeMilliseconds();
        await SetAsync($"UPDATE letters SET state = 'queued', lease_owner = 'a', lease_until = {until}");
        Assert.Equal(ReportResult.TooEarly, await Store.ApplyAsync([Report("5.2.1")], "one"));
        Assert.Equal(ReportResult.Applied, await Store.ApplyAsync([Complaint()], "two"));
        await SetAsync("UPDATE letters SET failure = 'unknown', lease_owner = NULL, lease_until = NULL");
        Assert.Equal(ReportResult.Applied, await Store.ApplyAsync([Report("5.2.1")], "one"));
        Assert.Equal("failed", _fixture.Letters.Only().State);
        Campaign.Clock.Advance(TimeSpan.FromHours(1));
        await _fixture.Letters.SendAsync();
        Assert.Equal("failed", _fixture.Letters.Only().State);
    }

    [Fact]
    public async Task Letter_that_staff_send_once_more_is_counted_once()
    {
        await SignAndSendAsync(Kari);
        Assert.Equal(1, Letters());
        await Store.ApplyAsync([Report("5.3.4")], null);
        Assert.Equal("failed", _fixture.Letters.Only().State);
        await SetAsync("UPDATE letters SET state = 'queued', failure = NULL, tries = 0");
        await _fixture.Letters.SendAsync();
        Assert.Equal("sent", _fixture.Letters.Only().State);
        Assert.Equal(1, Letters());
    }

    [Fact]
    public async Task Two_first_reports_of_a_mailbox_are_both_known()
    {
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(n => Store.ApplyAsync([BounceReport.FromStatus("4.2.2", null, Kari)], $"report-{n}"))
        );
        Assert.Single(await FindAsync(Kari));
    }

    private async Task SignAndSendAsync(string address)
    {
        await Campaign.SignAsync(address);
        await _fixture.Letters.SendAsync();
    }

    private Task<IReadOnlyList<FoundSuppression>> FindAsync(string address) =>
        Campaign.Get<SuppressionStore>().FindAsync(EmailAddress.Parse(address).Address!, Actor.Operator);

    private BounceReport Report(string status, string? address = null) =>
        BounceReport.FromStatus(status, Tag(), address);

    private BounceReport Complaint() => BounceReport.Complaint(Tag(), null);

    private string Tag() =>
        Campaign.Database.Keys.Tokens.WriteLetterTag(
            new LetterTag(LetterOutbox.People, _fixture.Letters.Letters()[0].Id)
        );

    private long Letters() =>
        Campaign
            .Get<TrendStore>()
            .ReadByProvider(Campaign.Get<CampaignStore>().Find(CampaignFixture.Slug)!, hourly: false)
            .Steps.Single(step => step.Key == "gmail")
            .Letters;

    private Task SetAsync(string sql) => Campaign.Database.Writes.RunAsync(write => write.Connection.Execute(sql));
}
