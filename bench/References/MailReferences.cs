using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Letters;
using Campaigns.Db.Signatures;
using Campaigns.Letters;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Bench.References;

/// <summary>
/// The product's mail client alone, and thousands of letters for the product's outbox.
/// </summary>
internal static class MailReferences
{
    public static void MapMailReferences(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/bench/campaigns/{slug}/letters", Queue);
        routes.MapPost("/bench/campaigns/{slug}/bare-letters", Send);
    }

    /// <summary>
    /// Queues a confirmation letter for each of that many people, all due at the same time.
    /// </summary>
    private static async Task<IResult> Queue(string slug, int count, CampaignStore campaigns, Database database)
    {
        var id = campaigns.Find(slug)!.Id;
        var queued = await database.Writes.RunAsync(write =>
        {
            var signers = Signers.Pending(write.Connection, id, count);
            foreach (var signer in signers)
                Outbox.Add(write, id, signer.Id, LetterKind.Confirm, "en", signer.Generation, domainHash: null);
            return signers.Count;
        });
        return queued == count ? TypedResults.Ok() : TypedResults.Conflict();
    }

    private static async Task<IResult> Send(
        string slug,
        int count,
        CampaignStore campaigns,
        LetterWriter writer,
        MailClientAlone mail,
        TimeProvider time
    )
    {
        var letter = writer.Write(Example(campaigns.Find(slug)!, time.UtcNow()))!;
        return await mail.SendAsync(letter, count, SendLettersJob.MaxConnections)
            ? TypedResults.Ok()
            : TypedResults.Conflict();
    }

    private static DueLetter Example(Campaign campaign, DateTimeOffset now) =>
        new()
        {
            Id = 1L << 60,
            CampaignId = campaign.Id,
            SignatureId = 1,
            Kind = LetterKind.Confirm,
            Locale = "en",
            Generation = 0,
            CreatedAt = now,
            TurnAt = null,
            Tries = 0,
            Failure = null,
            Attempt = 1,
            WasSent = false,
            Obsolete = null,
            Email = "person000000001@example.org",
            IsRetry = false,
            Organisation = campaign.Organisation,
            Sensitive = campaign.Sensitive,
            Name = new string('a', 32),
            Tag = () => "",
            Title = campaign.Text("en").Title,
            TitleLocale = "en",
            Token = new string('c', 48),
            NotMeToken = new string('n', 48),
        };
}
