using System.Data.Common;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine;
using Campaigns.Db.Freezes;
using Campaigns.Db.Letters;
using Campaigns.Db.Sendings;
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
    private readonly PublicAddress _site = new("https://petitions.example.org");
    private readonly IOptions<MailOptions> _options = Options.Create(
        new MailOptions { From = "Campaign <petitions@example.org>" }
    );

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

    public async Task SendAsync(CancellationToken cancellationToken = default)
    {
        await using var client = TestLetter.Client(Port ?? Server.Port, timeouts: Timeouts);
        var job = new SendLettersJob(
            Campaign.Get<LetterStore>(),
            new LetterWriter(Texts(), _site, _options, Campaign.Clock),
            Campaign.Get<MemberLetterStore>(),
            new MemberLetterWriter(MemberTexts(), Updates(), _site, _options, Campaign.Clock),
            Delivery(client),
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

    /// <summary>Runs the job that sends updates.</summary>
    public async Task SendUpdatesAsync(CancellationToken cancellationToken = default)
    {
        await using var client = TestLetter.Client(Port ?? Server.Port, timeouts: Timeouts);
        var job = new SendUpdatesJob(
            Campaign.Get<UpdateLetterStore>(),
            Campaign.Get<SendingAdvance>(),
            Updates(),
            Delivery(client),
            Outage,
            Campaign.Get<FreezeStore>(),
            Campaign.Clock
        );
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

    private LetterDelivery Delivery(IMailServer client) =>
        new(
            MailServer ?? client,
            Outage,
            Campaign.Clock,
            LoggerFactory.Create(builder => builder.AddProvider(Campaign.Log)).CreateLogger<LetterDelivery>()
        );

    private UpdateLetterWriter Updates() =>
        new(
            new UpdateLetterTexts(Sentences<UpdateLetterTexts>()),
            _site,
            Campaign.Get<TimelineReader>(),
            Campaign.Get<CampaignStore>(),
            _options,
            Campaign.Clock
        );

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
