using Campaigns.Crypto;
using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Retention;

namespace Campaigns.Tests.Stores.Subscribers;

/// <summary>The letter that asks whether a person wants updates, up to the mail server.</summary>
public sealed class SubscriptionLetterTests : IAsyncLifetime
{
    private const string Kari = "kari@example.org";

    private CapturedLetters _letters = null!;
    private string _answer = "250 ok";

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
    public async Task Missing_mailbox_gets_no_more_letters_of_any_kind()
    {
        _answer = "550 5.1.1 no such user";
        await RequestAndSendAsync();
        Assert.Equal([("subscription", "failed")], Letters());
        await RequestAndSendAsync();
        await Campaign
            .Get<SigningStore>()
            .SignAsync(Campaign.Campaign, Example.Signature(Campaign.Campaign, Kari), null);
        Assert.Equal([("subscription", "failed")], Letters());
    }

    [Fact]
    public async Task Letter_to_an_address_that_is_suppressed_since_is_cancelled()
    {
        var id = await Campaign.SignAsync(Kari);
        await Campaign.RequestUpdatesAsync(Kari);
        Assert.Null(await Campaign.Get<NotMeStore>().RunAsync(Campaign.Link(LinkPurpose.NotMe, id)));
        await _letters.SendAsync();
        var letter = _letters.Only();
        Assert.Equal(("subscription", "cancelled", "suppressed"), (letter.Kind, letter.State, letter.Failure));
    }

    [Fact]
    public async Task Older_letter_is_cancelled_when_a_newer_one_replaces_its_link()
    {
        await Campaign.RequestUpdatesAsync(Kari);
        await Campaign.RequestUpdatesAsync(Kari, country: "GB");
        await _letters.SendAsync();
        Assert.Equal([("subscription", "cancelled"), ("subscription", "sent")], Letters());
    }

    [Fact]
    public async Task Link_of_a_late_letter_works_seven_days_from_its_letter()
    {
        _answer = "450 4.2.1 try later";
        await RequestAndSendAsync();
        Campaign.Clock.Advance(TimeSpan.FromDays(4));
        _answer = "250 ok";
        await _letters.SendAsync();
        Campaign.Clock.Advance(TimeSpan.FromDays(6));
        await Campaign.RunAsync<EndSubscriptionsJob>();
        await Campaign.SubscribeAsync(Kari);
        Assert.Equal([Kari], Campaign.Subscribers());
    }

    [Fact]
    public async Task Letter_that_was_given_up_is_sent_again_by_staff()
    {
        _answer = "550 5.7.1 not here";
        await RequestAndSendAsync();
        var store = Campaign.Get<StaffLetterStore>();
        Assert.Null(await store.ResendAsync(Campaign.Campaign, _letters.Only().Id, Actor.Operator));
        _answer = "250 ok";
        await _letters.SendAsync();
        Assert.Equal([("subscription", "sent")], Letters());
    }

    private async Task RequestAndSendAsync()
    {
        await Campaign.RequestUpdatesAsync(Kari);
        await _letters.SendAsync();
    }

    private IEnumerable<(string Kind, string State)> Letters() =>
        _letters.Letters().Select(letter => (letter.Kind, letter.State));
}
