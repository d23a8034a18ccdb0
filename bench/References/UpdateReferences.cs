using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Sendings;
using Campaigns.Db.Staff;
using Campaigns.Db.Subscribers;
using Campaigns.Db.Timeline;
using Campaigns.Letters;
using Campaigns.Sendings;
using Campaigns.Signatures;
using Campaigns.Timeline;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Bench.References;

/// <summary>
/// Subscribers and an update for the product, and the mail client alone with the letter of one.
/// </summary>
internal static class UpdateReferences
{
    // Small steps, because a transaction has one fsync and the server answers between them.
    private const int Step = 1000;

    public static void MapUpdateReferences(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/bench/campaigns/{slug}/subscribers", Subscribe);
        routes.MapPost("/bench/campaigns/{slug}/update", Send);
        routes.MapPost("/bench/campaigns/{slug}/bare-updates", SendBare);
    }

    private static async Task<IResult> Subscribe(
        string slug,
        int count,
        CampaignStore campaigns,
        Database database,
        SubscriberEncryption encryption
    )
    {
        var campaign = campaigns.Find(slug)!;
        foreach (var numbers in Enumerable.Range(0, count).Chunk(Step))
            await database.Writes.RunAsync(write => Add(write, campaign, numbers, encryption));
        return TypedResults.Ok();
    }

    private static bool Add(
        WriteTransaction write,
        Campaign campaign,
        IEnumerable<int> numbers,
        SubscriberEncryption encryption
    )
    {
        foreach (var number in numbers)
            SubscriberTable.Subscribe(
                write,
                campaign.Id,
                EmailAddress.Parse(FormattableString.Invariant($"person{number:D9}@example.org")).Address!,
                "en",
                "GB",
                new SubscriberConsent(write.Now, campaign.PrivacyNotice.Version, new string('a', 64)),
                encryption
            );
        return true;
    }

    private static async Task<IResult> Send(
        string slug,
        CampaignStore campaigns,
        Database database,
        TimelineStore timeline,
        SendingStore sendings
    )
    {
        var campaign = campaigns.Find(slug)!;
        var (id, day) = (await PublishAsync(campaign, database, timeline), DateTimeOffset.UnixEpoch);
        var begun = await database.Writes.RunAsync(write =>
            sendings.Begin(
                write,
                campaign,
                id,
                new SendingOrder
                {
                    Audience = Audience.All,
                    At = day,
                    Hours = null,
                    ShowsTitle = false,
                },
                Actor.Operator
            )
        );
        return begun.Refusal is null ? TypedResults.Ok() : TypedResults.Conflict();
    }

    private static async Task<long> PublishAsync(Campaign campaign, Database database, TimelineStore timeline)
    {
        var day = new DateOnly(2019, 1, 17);
        var draft = new UpdateDraft
        {
            On = day,
            Texts =
            [
                new UpdateText(
                    "en",
                    "A new wave of detentions",
                    string.Join("\n\n", Enumerable.Repeat("Since **December** people were detained again.", 12))
                ),
            ],
            Figures = [new Figure("people evacuated", "evacuated", 150, "people", day, 0)],
            Sources = [new Source("The report", "OSCE", "https://example.org/report", day, SourceKind.Report)],
            Origin = null,
        };
        var created = await database.Writes.RunAsync(write =>
            timeline.Create(write, campaign, draft, null, Actor.Operator)
        );
        await timeline.PublishAsync(campaign, created.Value!.Id, day, Actor.Operator);
        return created.Value.Id;
    }

    private static async Task<IResult> SendBare(
        string slug,
        int count,
        CampaignStore campaigns,
        Database database,
        TimelineStore timeline,
        UpdateLetterWriter writer,
        MailClientAlone mail
    )
    {
        var campaign = campaigns.Find(slug)!;
        var letter = writer.Write(Example(campaign, await PublishAsync(campaign, database, timeline)))!;
        return await mail.SendAsync(letter, count, SendUpdatesJob.MaxConnections)
            ? TypedResults.Ok()
            : TypedResults.Conflict();
    }

    private static DueUpdateLetter Example(Campaign campaign, long updateId) =>
        new()
        {
            Id = 1L << 60,
            CampaignId = campaign.Id,
            UpdateId = updateId,
            UpdateVersion = 2,
            SubscriberId = 1,
            ShowsTitle = false,
            Locale = "en",
            Obsolete = null,
            Email = "person000000001@example.org",
            History = new LetterHistory(DateTimeOffset.UnixEpoch, 0, null),
            Attempt = 1,
            Name = new string('a', 32),
            Tag = () => "",
            ListName = new string('b', 32),
            UnsubscribeToken = new string('u', 71),
        };
}
