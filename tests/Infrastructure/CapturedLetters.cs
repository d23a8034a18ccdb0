using System.Data.Common;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Freezes;
using Campaigns.Db.Letters;
using Campaigns.Db.SignIn;
using Campaigns.Db.Timeline;
using Campaigns.Worker;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Compose;
using Campaigns.Worker.Mail.Delivery;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// The letters of one campaign, a scripted mail server, and the job between them, run by hand.
/// </summary>
internal sealed class CapturedLetters : IAsyncDisposable
{
    private CapturedLetters(CampaignFixture campaign) => Campaign = campaign;

    public CampaignFixture Campaign { get; }
    public ScriptedServer Server { get; } = new();

    /// <summary>
    /// The port of the mail server; another port simulates a server that is down.
    /// </summary>
    public int? Port { get; set; }

    /// <summary>Replaces <see cref="Server"/> where a test needs to block a letter.</summary>
    public IMailServer? MailServer { get; set; }

    /// <summary>The SMTP timeouts of the job.</summary>
    public SmtpTimeouts Timeouts { get; set; } = TestLetter.Short;

    public TimeSpan RenewEvery { get; set; } = Lease.Duration / 3;

    public MailCircuitBreaker Outage { get; set; } = null!;

    public ClaimSize ClaimSize { get; } = new();

    public static async Task<CapturedLetters> OpenAsync()
    {
        var letters = new CapturedLetters(await new CampaignFixture().StartAsync());
        letters.Outage = new MailCircuitBreaker(letters.Campaign.Clock);
        return letters;
    }

    public static LetterTexts Texts() => new(Sentences<LetterTexts>());

    public static MemberLetterTexts MemberTexts() => new(Sentences<MemberLetterTexts>());

    public static UpdateLetterTexts UpdateTexts() => new(Sentences<UpdateLetterTexts>());

    public async Task SendAsync(CancellationToken cancellationToken = default)
    {
        await using var client = TestLetter.Client(Port ?? Server.Port, timeouts: Timeouts);
        var (site, options) = (
            new PublicAddress("https://petitions.example.org"),
            Options.Create(new MailOptions { From = "Campaign <petitions@example.org>" })
        );
        var writer = new LetterWriter(Texts(), site, options, Campaign.Clock);
        var logs = LoggerFactory.Create(builder => builder.AddProvider(Campaign.Log));
        var delivery = new LetterDelivery(
            MailServer ?? client,
            Outage,
            Campaign.Clock,
            logs.CreateLogger<LetterDelivery>()
        );
        var updates = new UpdateLetterWriter(
            UpdateTexts(),
            site,
            Campaign.Get<TimelineReader>(),
            Campaign.Get<CampaignStore>(),
            options,
            Campaign.Clock
        );
        var job = new SendLettersJob(
            Campaign.Get<LetterStore>(),
            writer,
            Campaign.Get<MemberLetterStore>(),
            new MemberLetterWriter(MemberTexts(), site, options, Campaign.Clock),
            new LetterDelivery(MailServer ?? client, Outage, Campaign.Clock, logs.CreateLogger<LetterDelivery>()),
            Outage,
            Campaign.Get<FreezeStore>(),
            ClaimSize,
            Campaign.Clock
        )
        {
            RenewEvery = RenewEvery,
        };
        await job.RunAsync(cancellationToken);
    }

    public IReadOnlyList<LetterRow> Letters() =>
        Campaign.Query(connection =>
            connection
                .Query<LetterRow>(
                    "SELECT id, kind, state, failure, tries, due_at, lease_until FROM letters ORDER BY id"
                )
                .ToList()
        );

    /// <summary>The name of a letter in headers and envelopes.</summary>
    public string NameOf(long id) => Campaign.Get<Database>().Keys.Tokens.NameOfLetter(id);

    public LetterRow Only() => Letters().Single();

    public T Query<T>(Func<DbConnection, T> query) => Campaign.Query(query);

    public async ValueTask DisposeAsync()
    {
        Server.Dispose();
        await Campaign.DisposeAsync();
    }

    private static IStringLocalizer<T> Sentences<T>() =>
        new ServiceCollection()
            .AddLogging()
            .AddLocalization()
            .BuildServiceProvider()
            .GetRequiredService<IStringLocalizer<T>>();

    public sealed class LetterRow
    {
        public required long Id { get; init; }
        public required string Kind { get; init; }
        public required string State { get; init; }
        public required string? Failure { get; init; }
        public required long Tries { get; init; }
        public required long DueAt { get; init; }
        public required long? LeaseUntil { get; init; }
    }
}
