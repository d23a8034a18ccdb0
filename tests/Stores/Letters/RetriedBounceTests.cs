using Campaigns.Crypto;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Retention;
using Dapper;

namespace Campaigns.Tests.Stores.Letters;

/// <summary>A mailbox that was missing once is tried once more.</summary>
public sealed class RetriedBounceTests : IAsyncLifetime
{
    private const string Address = "gone@example.org";

    private CapturedLetters _letters = null!;
    private string _answer = "550 5.1.1 no such user";

    private CampaignFixture Campaign => _letters.Campaign;

    public async Task InitializeAsync()
    {
        _letters = await CapturedLetters.OpenAsync();
        _letters.Server.Answer = command =>
            command.StartsWith("RCPT", StringComparison.Ordinal) ? _answer
            : command == "DATA" ? "354 go on"
            : "250 ok";
    }

    public async Task DisposeAsync() => await _letters.DisposeAsync();

    [Fact]
    public async Task First_missing_mailbox_is_tried_once_more_when_the_person_signs_after_a_day()
    {
        await SignAndSendAsync();
        Campaign.Clock.Advance(TimeSpan.FromHours(23));
        await SignAndSendAsync();
        Assert.Equal(["failed"], States());

        Campaign.Clock.Advance(TimeSpan.FromHours(1));
        await Campaign.SignAsync(Address);
        // One more letter, whatever is asked for before it left.
        await Campaign.SignAsync(Address);
        Assert.Equal(["failed", "queued"], States());
        await _letters.SendAsync();
        Assert.Equal(["failed", "failed"], States());

        Campaign.Clock.Advance(TimeSpan.FromDays(2));
        await SignAndSendAsync();
        Campaign.Clock.Advance(TimeSpan.FromDays(60));
        await SignAndSendAsync();
        Assert.Equal(["failed", "failed"], States());
    }

    [Fact]
    public async Task Second_missing_mailbox_gets_letters_again_after_staff_lift_its_suppression()
    {
        await SignAndSendAsync();
        Campaign.Clock.Advance(TimeSpan.FromDays(1));
        await SignAndSendAsync();
        var store = Campaign.Get<SuppressionStore>();
        var found = Assert.Single(await store.FindAsync(EmailAddress.Parse(Address).Address!, Actor.Operator));
        Assert.Equal("bounced", found.Reason);
        Assert.Null(await store.LiftAsync(found.Id, "The owner asked by phone.", Actor.Operator));
        await Campaign.SignAsync(Address);
        Assert.Equal(["failed", "failed", "queued"], States());
    }

    [Fact]
    public async Task Mailbox_that_works_again_is_no_longer_suppressed()
    {
        await SignAndSendAsync();
        Campaign.Clock.Advance(TimeSpan.FromDays(1));
        _answer = "250 ok";
        await SignAndSendAsync();
        await SignAndSendAsync();
        Assert.Equal(["failed", "sent", "sent"], States());
        Assert.Equal(0, Count("suppressions"));
    }

    [Fact]
    public async Task Expired_signature_of_a_missing_mailbox_may_be_made_again()
    {
        await SignAndSendAsync();
        Campaign.Clock.Advance(TimeSpan.FromDays(8));
        await Campaign.RunAsync<ExpirePendingJob>();
        Assert.Empty(States());
        await SignAndSendAsync();
        Assert.Equal(["failed"], States());
        Assert.Equal(2, Count("signatures"));
        Campaign.Clock.Advance(TimeSpan.FromDays(1));
        await SignAndSendAsync();
        Assert.Equal(["failed"], States());
    }

    [Fact]
    public async Task Retry_after_a_full_mailbox_stays_open()
    {
        await SignAndSendAsync();
        Campaign.Clock.Advance(TimeSpan.FromDays(1));
        _answer = "452 4.2.2 full";
        await SignAndSendAsync();
        Assert.Equal(["failed", "queued"], States());
        _answer = "250 ok";
        Campaign.Clock.Advance(TimeSpan.FromMinutes(2));
        await _letters.SendAsync();
        Assert.Equal(["failed", "sent"], States());
    }

    [Fact]
    public async Task Fault_of_the_address_itself_is_not_tried_again()
    {
        _answer = "550 5.1.2 no such host";
        await SignAndSendAsync();
        Campaign.Clock.Advance(TimeSpan.FromDays(30));
        await SignAndSendAsync();
        Assert.Equal(["failed"], States());
    }

    [Fact]
    public async Task Owner_who_said_not_me_is_not_tried_again()
    {
        await SignAndSendAsync();
        var id = Campaign.Query(connection => connection.QuerySingle<long>("SELECT id FROM signatures"));
        Assert.Null(await Campaign.Get<NotMeStore>().RunAsync(Campaign.Link(LinkPurpose.NotMe, id)));
        Campaign.Clock.Advance(TimeSpan.FromDays(2));
        await SignAndSendAsync();
        Assert.Equal(0, Count("letters"));
    }

    private async Task SignAndSendAsync()
    {
        await Campaign.SignAsync(Address);
        await _letters.SendAsync();
    }

    private IEnumerable<string> States() => _letters.Letters().Select(letter => letter.State);

    private long Count(string table) =>
        Campaign.Query(connection => connection.QuerySingle<long>($"SELECT count(*) FROM {table}"));
}
