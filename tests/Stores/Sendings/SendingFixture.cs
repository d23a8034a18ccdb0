using System.Globalization;
using Campaigns.Db.Sendings;
using Campaigns.Db.Staff;
using Campaigns.Db.Subscribers;
using Campaigns.Db.Timeline;
using Campaigns.Sendings;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Campaigns.Timeline;

namespace Campaigns.Tests.Stores.Sendings;

/// <summary>A campaign with subscribers, a published update, and a scripted mail server.</summary>
internal sealed class SendingFixture : IAsyncDisposable
{
    private SendingFixture(CapturedLetters letters) => Letters = letters;

    public CapturedLetters Letters { get; }
    public CampaignFixture Campaign => Letters.Campaign;
    public SendingStore Store => Campaign.Get<SendingStore>();
    public long Update { get; private set; }

    public static async Task<SendingFixture> OpenAsync(int subscribers = 0)
    {
        var fixture = new SendingFixture(await CapturedLetters.OpenAsync());
        await fixture.SubscribeAsync(subscribers);
        fixture.Update = await fixture.PublishAsync();
        return fixture;
    }

    /// <summary>The addresses that got letters, with how many each got.</summary>
    public IReadOnlyDictionary<string, int> Mailed =>
        Letters
            .Server.Commands.Where(command => command.StartsWith("RCPT", StringComparison.Ordinal))
            .Select(command => command.Split('<', '>')[1])
            .CountBy(address => address)
            .ToDictionary();

    public static string Address(int number, string country = "GB") =>
        string.Create(CultureInfo.InvariantCulture, $"{country.ToLowerInvariant()}{number}@example.org");

    /// <summary>Subscribes the first of the addresses of a country.</summary>
    public Task SubscribeAsync(int count, string country = "GB", string locale = "en", int first = 0) =>
        Campaign.Database.Writes.RunAsync(write =>
        {
            foreach (var number in Enumerable.Range(first, count))
                Assert.True(
                    SubscriberTable.Subscribe(
                        write,
                        Campaign.Campaign.Id,
                        EmailAddress.Parse(Address(number, country)).Address!,
                        locale,
                        country,
                        new SubscriberConsent(write.Now, "1", new string('a', 64)),
                        Campaign.Get<SubscriberEncryption>()
                    )
                );
            return true;
        });

    /// <summary>Ends the subscription of an address by the link of an update.</summary>
    public Task UnsubscribeAsync(int number) => Campaign.UnsubscribeAsync(Campaign.UnsubscribeLink(Address(number)));

    /// <summary>Publishes another update, which the next sending sends.</summary>
    public async Task NextAsync() => Update = await PublishAsync();

    private async Task<long> PublishAsync()
    {
        var (timeline, campaign) = (Campaign.Get<TimelineStore>(), Campaign.Campaign);
        var day = new DateOnly(2019, 1, 17);
        var draft = new UpdateDraft
        {
            On = day,
            Texts =
            [
                new UpdateText("en", "A new wave", "Since **December** [a report](https://example.org/r) says so."),
                new UpdateText("nl", "Een nieuwe golf", "Sinds december."),
            ],
            Figures = [new Figure("people evacuated", "evacuated", 150, "people", day, 0)],
            Sources = [new Source("The report", "OSCE", "https://example.org/report", day, SourceKind.Report)],
            Origin = null,
        };
        var created = await Campaign.Database.Writes.RunAsync(write =>
            timeline.Create(write, campaign, draft, null, Actor.Operator)
        );
        Assert.Null(await timeline.PublishAsync(campaign, created.Value!.Id, day, Actor.Operator));
        return created.Value.Id;
    }

    public async Task<Outcome<long>> BeginAsync(
        DateTimeOffset? at = null,
        Audience? audience = null,
        SendingHours? hours = null,
        bool showsTitle = false
    ) =>
        await Campaign.Database.Writes.RunAsync(write =>
            Store.Begin(
                write,
                Campaign.Campaign,
                Update,
                new SendingOrder
                {
                    Audience = audience ?? Audience.All,
                    At = at,
                    Hours = hours,
                    ShowsTitle = showsTitle,
                },
                Actor.Operator
            )
        );

    public SendingChange Change => new(CampaignFixture.Slug, Update, Actor.Operator);

    public Sending Sending => Store.Find(Update)!;

    public Task SendAsync() => Letters.SendUpdatesAsync();

    public ValueTask DisposeAsync() => Letters.DisposeAsync();
}
