using System.IO.Compression;
using Campaigns.Crypto;
using Campaigns.Db;
using Campaigns.Db.Engine;
using Campaigns.Db.Packets;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Packets;
using Campaigns.Signatures;
using Campaigns.Worker;
using Campaigns.Worker.Packets;
using Campaigns.Worker.Packets.Build;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// A <see cref="CampaignFixture"/> with the jobs that build packets, run by hand. Its campaign
/// lists GB, NL and NO, and has recipients of low and high risk.
/// </summary>
internal sealed class PacketFixture : CampaignFixture
{
    private int _people;

    public PacketFixture(int minBatch = 1)
        : base(minBatch) { }

    /// <summary>Settings of the section <c>Packets</c>, read at the start.</summary>
    public Dictionary<string, string?> Settings { get; } = [];

    public string PacketFolder => Path.Combine(Folder, "data", "packets");
    public PacketStore Packets => Get<PacketStore>();
    public PacketQueue Queue => Get<PacketQueue>();

    public new async Task<PacketFixture> StartAsync()
    {
        await base.StartAsync();
        return this;
    }

    /// <summary>Closes the database here and serves it in a separate process.</summary>
    public async Task<CampaignProcess> ServeAsync()
    {
        await CloseAsync();
        return await CampaignProcess.ServeAsync(
            Path.Combine(Folder, "data"),
            $"--Keys:Directory={Path.Combine(Folder, "keys")}"
        );
    }

    /// <summary>Signs and confirms; returns the id of the signature.</summary>
    public async Task<long> ConfirmPersonAsync(
        string name,
        Disclosure disclosure = Disclosure.Name,
        string country = "GB",
        string? locality = null,
        string locale = "en"
    )
    {
        var signature = Example.Signature(Campaign, $"person{_people++}@example.org", country) with
        {
            Locale = locale,
            TextHash = Campaign.Text(locale).Hash,
            Name = name,
            Disclosure = disclosure,
            Locality = locality,
        };
        await Get<SigningStore>().SignAsync(Campaign, signature, null);
        using var connection = Database.Read();
        var id = connection.QuerySingle<long>("SELECT max(id) FROM signatures");
        Assert.Null((await Get<ConfirmationStore>().ConfirmAsync(Link(LinkPurpose.Confirm, id))).Refusal);
        return id;
    }

    public async Task<long> RequestAsync(
        string recipient = "embassy",
        IReadOnlyList<string>? countries = null,
        Disclosure disclosure = Disclosure.Name,
        string locale = "en",
        bool csv = false,
        bool xlsx = false
    )
    {
        var outcome = await Packets.RequestAsync(
            Campaign,
            new PacketRequest(recipient, countries, disclosure, locale, null, csv, xlsx),
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
    internal BuiltPacket? BuildParts(ClaimedPacket claimed, PacketStaging staging) =>
        Get<PacketBuilder>()
            .Build(claimed, Get<PacketReader>().FindRecipient(claimed.Packet)!, staging, new(), default);

    /// <summary>The id of a member who can approve.</summary>
    public Task<long> MemberAsync(string name = "Second Member") =>
        Get<StaffStore>().EnsureAsync(name, Role.Campaigner, []);

    /// <summary>Approves a packet as a second member.</summary>
    public async Task<Refusal?> ApproveAsync(long id, long? member = null) =>
        await Get<PacketApprovalStore>()
            .ApproveAsync(Packets.Find(id)!, Slug, new Actor(member ?? await MemberAsync()));

    /// <summary>Runs the packet job until no packet is queued.</summary>
    public async Task RunAsync()
    {
        var builds = ActivatorUtilities.CreateInstance<BuildPacketJob>(Services);
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

    public Task SweepAsync() => RunAsync<SweepPacketsJob>();

    /// <summary>
    /// Seals, orders a packet, approves it where it waits for that, and builds it.
    /// </summary>
    public async Task<long> BuildAsync(
        string recipient = "embassy",
        IReadOnlyList<string>? countries = null,
        Disclosure disclosure = Disclosure.Name,
        string locale = "en",
        bool csv = false,
        bool xlsx = false
    )
    {
        await SealAllAsync();
        var id = await RequestAsync(recipient, countries, disclosure, locale, csv, xlsx);
        if (Packets.Find(id)!.Status == PacketStatus.AwaitingApproval)
            Assert.Null(await ApproveAsync(id));
        await RunAsync();
        Assert.Equal(PacketStatus.Ready, Packets.Find(id)!.Status);
        return id;
    }

    /// <summary>The ZIP of a ready packet.</summary>
    public byte[] Zip(long id)
    {
        using var content = Packets.OpenFile(id)!.Stream;
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>The files of a ready packet.</summary>
    public SortedDictionary<string, byte[]> Files(long id)
    {
        var content = Packets.OpenFile(id);
        Assert.NotNull(content);
        using var zip = new ZipArchive(content.Stream, ZipArchiveMode.Read);
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            using var file = entry.Open();
            using var bytes = new MemoryStream();
            file.CopyTo(bytes);
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

    /// <summary>Inserts thousands of signatures as rows; their ledger lines are not real.</summary>
    public async Task<long> FillAsync(int count)
    {
        const int Batch = 2_000;
        var encryption = Get<SignatureEncryption>();
        var now = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        for (var from = 0; from < count; from += Batch)
        {
            var first = from;
            await Database.Writes.RunAsync(write =>
            {
                var (signatures, entries) = (new List<object?[]>(), new List<object?[]>());
                for (var n = first; n < Math.Min(first + Batch, count); n++)
                {
                    var id = write.NextId();
                    using var row = encryption.Row(id);
                    var person = row.Person($"Person Number {n}", n % 3 == 0 ? null : "Newcastle upon Tyne");
                    var at = now + (n * 1_000L);
                    signatures.Add([id, Campaign.Id, "confirmed", "GB", "GB", "name", at, person, at, n]);
                    entries.Add([Campaign.Id, n, "add", "GB", "", Campaign.Text("en").Hash, id]);
                    write.Count(Campaign.Id, "GB", "confirmed", 1);
                    write.CountConfirmed(Campaign.Id, at, "GB", 1);
                    write.CountStep(SigningStep.Signature, Campaign.Id, Ids.Moment(id), "GB", MailProvider.Other);
                }
                TestSql.Insert(
                    write.Connection,
                    """
                    signatures (id, campaign_id, state, country, line_country, disclosure, disclosed_at,
                        person, confirmed_at, ledger_n)
                    """,
                    signatures
                );
                TestSql.Insert(
                    write.Connection,
                    "ledger_entries (campaign_id, n, kind, country, line, text_hash, signature_id)",
                    entries
                );
                return true;
            });
        }
        return await Database.Writes.RunAsync(write =>
            write.Connection.Execute(
                """
                INSERT INTO ledger_heads (campaign_id, size, root, sealed_at, counts, jws, journaled)
                VALUES (@campaign, @count, @root, 0, '{}', '', 1)
                """,
                new
                {
                    campaign = Campaign.Id,
                    count,
                    root = new string('0', 64),
                }
            )
        );
    }

    protected override CampaignDraft Draft(string slug) =>
        new()
        {
            Slug = slug,
            Organisation = "Example Rights International",
            Controller = new("Example Rights International", "privacy@example.org"),
            PrivacyNotice = new("1", "We keep little."),
            Texts =
            [
                new(
                    "en",
                    "Investigate the persecution",
                    "We ask you to investigate.\n\nWe ask you to protect witnesses."
                ),
                new("nl", "Onderzoek de vervolging", "Wij vragen u te onderzoeken."),
            ],
            Goal = 100,
            Countries = [new("GB", 50, "en"), new("NL", 50, "nl"), new("NO", 50, "nb")],
            Recipients =
            [
                new("embassy", "Embassy, London", "1 Palace Gardens\nLondon", null, Recipient.LowRisk, Disclosure.Name),
                new(
                    "embassy-oslo",
                    "Embassy, Oslo",
                    "Drammensveien 1\nOslo",
                    ["NO"],
                    Recipient.HighRisk,
                    Disclosure.Initials
                ),
            ],
            AllowedOrigins = [],
        };

    protected override void AddServices(IServiceCollection services, IConfiguration configuration) =>
        services
            .AddSingleton(configuration)
            .AddWorkerJobs(
                new ConfigurationBuilder()
                    .AddConfiguration(configuration)
                    .AddInMemoryCollection(
                        Settings.Select(pair => KeyValuePair.Create($"Packets:{pair.Key}", pair.Value))
                    )
                    .Build()
            );
}
