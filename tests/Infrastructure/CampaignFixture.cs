using System.Data.Common;
using System.Security.Cryptography;
using Campaigns.Crypto;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Campaigns.Worker;
using Campaigns.Worker.Ledger;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A real database in a folder of its own with one open campaign (GB and NL listed), and the
/// operations that add to its ledger. The clock changes only when a test changes it; no job runs by
/// schedule.
/// </summary>
internal sealed class CampaignFixture : IAsyncDisposable
{
    public const string Slug = "chechnya-2019";
    private readonly bool _ownsFolder;
    private ServiceProvider _services;

    public CampaignFixture(int minBatch = 20, string? folder = null)
    {
        MinBatch = minBatch;
        _ownsFolder = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("campaign-").FullName;
        _services = Open();
    }

    public string Folder { get; }
    public int MinBatch { get; }
    public StillClock Clock { get; } = new();
    public RecordedLog Log { get; } = new();
    public Campaign Campaign { get; private set; } = null!;
    public Database Database => Get<Database>();
    public LedgerStore Ledger => Get<LedgerStore>();
    public LedgerSealer Sealer => Get<LedgerSealer>();
    public string JournalFile => Path.Combine(Folder, "data", "journal.jsonl");

    /// <summary>The folder for a copy of the database.</summary>
    public string Backup => Path.Combine(Folder, "copied");

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Runs the start of a server, and creates the campaign on first use.</summary>
    public async Task<CampaignFixture> StartAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
            await service.StartAsync(default);
        Campaign = Get<CampaignStore>().Find(Slug) ?? await CreateAsync(Slug);
        return this;
    }

    public async Task<Campaign> CreateAsync(string slug)
    {
        var editor = Get<CampaignEditor>();
        var draft = new CampaignDraft
        {
            Slug = slug,
            Organisation = "All Out",
            Controller = new("All Out", "privacy@example.org"),
            PrivacyNotice = new("1", "We keep little."),
            Texts = [new("en", "Investigate", "We ask you.")],
            Goal = 100,
            Countries = [new("GB", 50, "en"), new("NL", 50, "nl")],
            Recipients = [new("embassy-london", "Embassy", "London", ["GB"], Recipient.LowRisk, Disclosure.Name)],
            AllowedOrigins = [],
        };
        Assert.Null((await editor.CreateAsync(draft, Actor.Operator)).Refusal);
        Assert.Null(await editor.ChangeStateAsync(slug, CampaignState.Open, Actor.Operator));
        return Get<CampaignStore>().Find(slug)!;
    }

    /// <summary>Closes everything as at shutdown and opens it again like a new process.</summary>
    public Task RestartAsync() => RestartAsync(_ => { });

    /// <summary>
    /// Closes the database, runs <paramref name="whileClosed"/>, and opens it again as a server or,
    /// without <paramref name="serving"/>, as a command.
    /// </summary>
    public async Task RestartAsync(Action<string> whileClosed, bool serving = true)
    {
        await _services.DisposeAsync();
        whileClosed(Path.Combine(Folder, "data"));
        // Ids require that no process starts within the millisecond in which another ended.
        Clock.Advance(TimeSpan.FromSeconds(1));
        _services = Open();
        if (serving)
            await StartAsync();
    }

    /// <summary>
    /// Copies the closed database to the backup folder and replaces an older copy.
    /// </summary>
    public Task BackUpAsync() =>
        RestartAsync(data => DatabaseUnderTest.Copy(data, Directory.CreateDirectory(Backup).FullName));

    /// <summary>
    /// Replaces the database with the copy. The journal is unchanged, unless
    /// <paramref name="alsoDo"/>, which gets the data folder, changes it.
    /// </summary>
    public Task RestoreAsync(bool serving = true, Action<string>? alsoDo = null) =>
        RestartAsync(
            data =>
            {
                DatabaseUnderTest.Copy(Backup, data);
                alsoDo?.Invoke(data);
            },
            serving
        );

    /// <summary>Signs without confirming; returns the id of the signature.</summary>
    public async Task<long> SignAsync(string email, string country = "GB", Campaign? campaign = null)
    {
        campaign ??= Campaign;
        var signature = new NewSignature(
            "Kari Nordmann",
            EmailAddress.Parse(email).Address!,
            country,
            null,
            "en",
            Disclosure.Name,
            false,
            campaign.Text("en").Hash
        );
        await Get<SigningStore>().SignAsync(campaign, signature, null);
        return Query(connection =>
            connection.QuerySingle<long>("SELECT max(id) FROM signatures WHERE campaign_id = @Id", new { campaign.Id })
        );
    }

    /// <summary>Signs and confirms; returns the id of the signature.</summary>
    public async Task<long> ConfirmAsync(string email, string country = "GB", Campaign? campaign = null)
    {
        campaign ??= Campaign;
        var id = await SignAsync(email, country, campaign);
        Assert.Null((await Get<ConfirmationStore>().ConfirmAsync(Link(LinkPurpose.Confirm, id, campaign))).Refusal);
        return id;
    }

    /// <summary>Signs and confirms while other processes sign too.</summary>
    public async Task ConfirmConcurrentlyAsync(string email)
    {
        var address = EmailAddress.Parse(email).Address!;
        await Get<SigningStore>()
            .SignAsync(
                Campaign,
                new NewSignature(
                    "Kari Nordmann",
                    address,
                    "GB",
                    null,
                    "en",
                    Disclosure.Name,
                    false,
                    Campaign.Text("en").Hash
                ),
                null
            );
        var index = Get<KeyRing>().BlindIndex.Compute(Campaign.Id, address.Normalised);
        var id = Query(connection =>
            connection.QuerySingle<long>(
                "SELECT id FROM signatures WHERE campaign_id = @Id AND blind_index = @index",
                new { Campaign.Id, index }
            )
        );
        Assert.Null((await Get<ConfirmationStore>().ConfirmAsync(Link(LinkPurpose.Confirm, id))).Refusal);
    }

    public async Task<List<long>> ConfirmManyAsync(int count, string country = "GB")
    {
        var ids = new List<long>();
        for (var i = 0; i < count; i++)
            ids.Add(await ConfirmAsync($"{country}{i}@example.org", country));
        return ids;
    }

    /// <summary>
    /// Queues that many ledger entries without signatures, numbered from <paramref name="first"/>,
    /// with random commitments by default.
    /// </summary>
    public Task QueueAsync(int count, int first = 1, byte[]? commitment = null) =>
        Database.Writes.RunAsync(write =>
            TestSql.Insert(
                write.Connection,
                "ledger_queue (id, campaign_id, kind, signature_id, country, commitment, text_hash, queued_at)",
                Enumerable
                    .Range(first, count)
                    .Select(id =>
                        new object?[]
                        {
                            id,
                            Campaign.Id,
                            "add",
                            id,
                            "GB",
                            commitment ?? RandomNumberGenerator.GetBytes(32),
                            "x",
                            0,
                        }
                    )
            )
        );

    public string Link(LinkPurpose purpose, long id, Campaign? campaign = null, int generation = 0) =>
        Get<KeyRing>().Tokens.Write(purpose, (campaign ?? Campaign).Id, id, generation);

    public async Task WithdrawAsync(long id) =>
        Assert.Null(await Get<MySignatureStore>().WithdrawAsync(Link(LinkPurpose.Manage, id)));

    public async Task EraseAsync(long id) =>
        Assert.Null(await Get<MySignatureStore>().EraseAsync(Link(LinkPurpose.Manage, id)));

    public Task SealAsync() => ActivatorUtilities.CreateInstance<SealLedgerJob>(_services).RunAsync(default);

    public async Task SealAllAsync()
    {
        Clock.Advance(TimeSpan.FromHours(1));
        await SealAsync();
    }

    public IReadOnlyList<string> Lines() => Ledger.ReadLines(Campaign.Id, 0, long.MaxValue);

    public byte[] PublishedKeys()
    {
        var keys = new JwkSet();
        foreach (var signing in Get<KeyRing>().Signing)
        {
            using var key = signing.Open();
            keys.Add(key);
        }
        return keys.ToJson();
    }

    public T Query<T>(Func<DbConnection, T> query)
    {
        using var connection = Database.Read();
        return query(connection);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }

    private ServiceProvider Open()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Data:Directory"] = Path.Combine(Folder, "data"),
            ["Keys:Directory"] = Path.Combine(Folder, "keys"),
            ["Ledger:MinBatch"] = MinBatch.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["Limits:LettersPerAddressPerWeek"] = "100",
        };
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings)
            .AddInMemoryCollection(DatabaseUnderTest.Settings(settings["Data:Directory"]!))
            .Build();
        return new ServiceCollection()
            .AddSingleton<TimeProvider>(Clock)
            .AddLogging(logs => logs.AddProvider(Log))
            .AddCampaignDatabase(configuration, new InstallationRoot(Folder), serving: true)
            .AddLedgerRecovery()
            .BuildServiceProvider();
    }
}
