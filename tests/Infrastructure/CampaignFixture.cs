using System.Data.Common;
using System.Security.Cryptography;
using Campaigns.Crypto;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Worker;
using Campaigns.Worker.Ledger;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A real database in a folder of its own with one open campaign (GB and NL listed), and the
/// operations that add to its ledger. The clock changes only when a test changes it; no job runs by
/// schedule.
/// </summary>
internal class CampaignFixture : IAsyncDisposable
{
    public const string Slug = "chechnya-2019";

    /// <summary>
    /// When the clocks of tests start. It is not in 2019, because ids count from 2020.
    /// </summary>
    public static readonly DateTimeOffset Start = new(2026, 5, 17, 9, 0, 0, TimeSpan.Zero);

    private readonly bool _ownsFolder;
    private readonly bool _serving;
    private ServiceProvider? _services;

    /// <param name="minBatch">How many entries are sealed before their time.</param>
    /// <param name="folder">Another fixture's folder, which that fixture deletes.</param>
    /// <param name="clock">Another fixture's clock, or a clock that jumps.</param>
    /// <param name="serving">False for a command, which may run beside a server on SQLite.</param>
    public CampaignFixture(
        int minBatch = 20,
        string? folder = null,
        FakeTimeProvider? clock = null,
        bool serving = true
    )
    {
        Clock = clock ?? new FakeTimeProvider(Start);
        MinBatch = minBatch;
        _ownsFolder = folder is null;
        _serving = serving;
        Folder = folder ?? Directory.CreateTempSubdirectory("campaign-").FullName;
    }

    public string Folder { get; }
    public int MinBatch { get; }
    public FakeTimeProvider Clock { get; }
    public RecordedLog Log { get; } = new();
    public bool WithoutJournal { get; set; }
    public Campaign Campaign { get; private set; } = null!;
    public Database Database => Get<Database>();
    public LedgerStore Ledger => Get<LedgerStore>();
    public LedgerSealer Sealer => Get<LedgerSealer>();
    public string Data => Path.Combine(Folder, "data");
    public string JournalFile => Path.Combine(Data, "journal.jsonl");
    public string Backup => Path.Combine(Folder, "copied");

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Runs the start of a server, and creates the campaign on first use.</summary>
    public async Task<CampaignFixture> StartAsync()
    {
        foreach (var service in Services.GetServices<IHostedService>())
            await service.StartAsync(default);
        Campaign = Get<CampaignStore>().Find(Slug) ?? await CreateAsync(Slug);
        return this;
    }

    /// <summary>
    /// A command that runs beside this server on the same folder: its own keys, connections and
    /// writer.
    /// </summary>
    public CampaignFixture OpenCommand()
    {
        // Ids require that no process starts within the millisecond in which another ended.
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        return new CampaignFixture(MinBatch, Folder, Clock, serving: false);
    }

    public async Task<Campaign> CreateAsync(string slug)
    {
        var editor = Get<CampaignEditor>();
        Assert.Null((await editor.CreateAsync(Draft(slug), Actor.Operator)).Refusal);
        Assert.Null(await editor.ChangeStateAsync(slug, CampaignState.Open, Actor.Operator));
        return Get<CampaignStore>().Find(slug)!;
    }

    protected virtual CampaignDraft Draft(string slug) => Example.Draft(slug);

    public void Reload() => Campaign = Get<CampaignStore>().Find(Slug)!;

    /// <summary>Closes everything as at shutdown and opens it again like a new process.</summary>
    public Task RestartAsync() => RestartAsync(_ => { });

    /// <summary>
    /// Closes the database, runs <paramref name="whileClosed"/>, and opens it again as a server or,
    /// without <paramref name="serving"/>, as a command.
    /// </summary>
    public async Task RestartAsync(Action<string> whileClosed, bool serving = true)
    {
        await CloseAsync();
        whileClosed(Data);
        // Ids require that no process starts within the millisecond in which another ended.
        Clock.Advance(TimeSpan.FromSeconds(1));
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
    public async Task<long> SignAsync(
        string email,
        string country = "GB",
        Campaign? campaign = null,
        string name = "Kari Nordmann"
    )
    {
        campaign ??= Campaign;
        var signature = Example.Signature(campaign, email, country) with { Name = name };
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
        var signature = Example.Signature(Campaign, email);
        await Get<SigningStore>().SignAsync(Campaign, signature, null);
        var index = Get<KeyRing>().BlindIndex.Compute(Campaign.Id, signature.Email.Normalised);
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

    public Task SealAsync() => RunAsync<SealLedgerJob>();

    public Task RunAsync<TJob>()
        where TJob : IScheduledJob => ActivatorUtilities.CreateInstance<TJob>(Services).RunAsync(default);

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
        await CloseAsync();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Ends like a killed process as far as rows and files are concerned.</summary>
    protected async Task CloseAsync()
    {
        if (_services is not null)
            await _services.DisposeAsync();
        _services = null;
    }

    protected ServiceProvider Services => _services ??= Open();

    protected virtual void AddServices(IServiceCollection services, IConfiguration configuration) { }

    private ServiceProvider Open()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["PublicUrl"] = "https://petition.example",
                    ["Data:Directory"] = Data,
                    ["Keys:Directory"] = Path.Combine(Folder, "keys"),
                    ["Ledger:MinBatch"] = MinBatch.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    ["Limits:LettersPerAddressPerWeek"] = "100",
                    ["Limits:LettersPerMailboxPerHour"] = "100",
                    ["Limits:LettersPerMailboxPerDay"] = "100",
                }
            )
            .AddInMemoryCollection(DatabaseUnderTest.Settings(Data))
            .Build();
        var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(Clock)
            .AddLogging(logs => logs.AddProvider(Log))
            .AddCampaignDatabase(configuration, new InstallationRoot(Folder), _serving, WithoutJournal)
            .AddLedgerRecovery();
        AddServices(services, configuration);
        return services.BuildServiceProvider();
    }
}
