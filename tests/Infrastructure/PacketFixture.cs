using System.IO.Compression;
using Campaigns.Crypto;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Signatures;
using Campaigns.Worker;
using Campaigns.Worker.Ledger;
using Campaigns.Worker.Packets;
using Campaigns.Worker.Packets.Build;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A real database with one open campaign (GB, NL and NO listed) and the jobs that build packets,
/// run by hand. The clock changes only when a test changes it.
/// </summary>
internal sealed class PacketFixture : IAsyncDisposable
{
    public const string Slug = "chechnya-2019";
    private ServiceProvider _services;
    private int _people;

    public PacketFixture() => _services = Open();

    public string Folder { get; } = Directory.CreateTempSubdirectory("campaign-").FullName;
    public string PacketFolder => Path.Combine(Folder, "data", "packets");
    public StillClock Clock { get; } = new();
    public RecordedLog Log { get; } = new();
    public Campaign Campaign { get; private set; } = null!;
    public Database Database => Get<Database>();
    public PacketStore Packets => Get<PacketStore>();
    public PacketQueue Queue => Get<PacketQueue>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task<PacketFixture> StartAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
            await service.StartAsync(default);
        if (Get<CampaignStore>().Find(Slug) is null)
        {
            Assert.Null((await Get<CampaignEditor>().CreateAsync(PacketCampaign.Draft(Slug), Actor.Operator)).Refusal);
            Assert.Null(await Get<CampaignEditor>().ChangeStateAsync(Slug, CampaignState.Open, Actor.Operator));
        }
        Campaign = Get<CampaignStore>().Find(Slug)!;
        return this;
    }

    /// <summary>
    /// Ends like a killed process as far as rows and files are concerned, runs
    /// <paramref name="whileClosed"/> on the data folder, and starts again.
    /// </summary>
    public async Task RestartAsync(Action<string>? whileClosed = null)
    {
        await _services.DisposeAsync();
        whileClosed?.Invoke(Path.Combine(Folder, "data"));
        _services = Open();
        await StartAsync();
    }

    /// <summary>Closes the database here and serves it in a separate process.</summary>
    public async Task<CampaignProcess> ServeAsync()
    {
        await _services.DisposeAsync();
        return await CampaignProcess.ServeAsync(
            Path.Combine(Folder, "data"),
            $"--Keys:Directory={Path.Combine(Folder, "keys")}"
        );
    }

    /// <summary>Signs and confirms; returns the id of the signature.</summary>
    public async Task<long> SignAsync(
        string name,
        Disclosure disclosure = Disclosure.Name,
        string country = "GB",
        string? locality = null
    )
    {
        var email = EmailAddress.Parse($"person{_people++}@example.org").Address!;
        var signature = new NewSignature(
            name,
            email,
            country,
            locality,
            "en",
            disclosure,
            false,
            Campaign.Text("en").Hash
        );
        await Get<SigningStore>().SignAsync(Campaign, signature, null);
        using var connection = Database.Read();
        var id = connection.QuerySingle<long>("SELECT max(id) FROM signatures");
        Assert.Null((await Get<ConfirmationStore>().ConfirmAsync(Token(LinkPurpose.Confirm, id))).Refusal);
        return id;
    }

    public async Task WithdrawAsync(long id) =>
        Assert.Null(await Get<MySignatureStore>().WithdrawAsync(Token(LinkPurpose.Manage, id)));

    public string Token(LinkPurpose purpose, long id) => Get<KeyRing>().Tokens.Write(purpose, Campaign.Id, id, 0);

    public async Task SealAsync()
    {
        Clock.Advance(TimeSpan.FromHours(1));
        await ActivatorUtilities.CreateInstance<SealLedgerJob>(_services).RunAsync(default);
    }

    public async Task<long> RequestAsync(
        string recipient = "embassy",
        IReadOnlyList<string>? countries = null,
        Disclosure disclosure = Disclosure.Name,
        string locale = "en",
        bool csv = false
    )
    {
        var outcome = await Packets.RequestAsync(
            Campaign,
            new PacketRequest(recipient, countries, disclosure, locale, null, csv),
            null,
            Actor.Operator
        );
        Assert.Null(outcome.Refusal);
        return outcome.Value;
    }

    /// <summary>
    /// Builds the documents of a claimed packet as the job does before it publishes them. Returns
    /// null when a signature was removed in between.
    /// </summary>
    internal (Manifest Manifest, string Jws)? BuildParts(ClaimedPacket claimed, PacketStaging staging) =>
        Get<PacketBuilder>()
            .Build(claimed, Get<PacketReader>().FindRecipient(claimed.Packet)!, staging, new(), default);

    /// <summary>Runs the packet job until no packet is queued.</summary>
    public async Task RunAsync()
    {
        var builds = ActivatorUtilities.CreateInstance<BuildPacketJob>(_services);
        var tries = new Dictionary<long, (int Failures, int Restarts)>();
        while (Queue.FindWaiting() is [var id, ..])
        {
            var (failures, restarts) = tries.GetValueOrDefault(id);
            var result = await builds.RunAsync(id, failures, restarts, null, default);
            if (result.Outcome == BuildOutcome.TryAgain)
                failures++;
            if (result.Outcome == BuildOutcome.StartOver)
                restarts++;
            tries[id] = (failures, restarts);
        }
    }

    public Task SweepAsync() => ActivatorUtilities.CreateInstance<SweepPacketsJob>(_services).RunAsync(default);

    /// <summary>Seals, orders a packet and builds it.</summary>
    public async Task<long> BuildAsync(
        string recipient = "embassy",
        IReadOnlyList<string>? countries = null,
        Disclosure disclosure = Disclosure.Name,
        string locale = "en",
        bool csv = false
    )
    {
        await SealAsync();
        var id = await RequestAsync(recipient, countries, disclosure, locale, csv);
        await RunAsync();
        Assert.Equal(PacketStatus.Ready, Packets.Find(id)!.Status);
        return id;
    }

    /// <summary>The files of a ready packet.</summary>
    public SortedDictionary<string, byte[]> Files(long id)
    {
        using var file = Packets.OpenFile(id);
        Assert.NotNull(file);
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            using var content = entry.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            files.Add(entry.FullName, bytes.ToArray());
        }
        return files;
    }

    /// <summary>
    /// The text of all PDFs of a packet except the cover letter and the certificate.
    /// </summary>
    public string VolumesText(long id) =>
        string.Concat(
            Files(id)
                .Where(file => file.Key.StartsWith("signatures-", StringComparison.Ordinal))
                .Select(file => Pdf.Text(file.Value))
        );

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

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private ServiceProvider Open()
    {
        var data = Path.Combine(Folder, "data");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["PublicUrl"] = "https://petition.example",
                    ["Data:Directory"] = data,
                    ["Keys:Directory"] = Path.Combine(Folder, "keys"),
                    ["Ledger:MinBatch"] = "1",
                }
            )
            .AddInMemoryCollection(DatabaseUnderTest.Settings(data))
            .Build();
        return new ServiceCollection()
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging(logs => logs.AddProvider(Log))
            .AddCampaignDatabase(configuration, new InstallationRoot(Folder), serving: true)
            .AddLedgerRecovery()
            .AddWorkerJobs(configuration)
            .BuildServiceProvider();
    }
}
