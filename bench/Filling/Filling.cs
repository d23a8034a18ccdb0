using System.Globalization;
using System.Security.Cryptography;
using Campaigns.Bench.Reports;
using Campaigns.Bench.Server;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Engine.Sqlite;
using Campaigns.Db.Files;
using Campaigns.Db.Signatures;
using Campaigns.Signatures;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Campaigns.Bench.Filling;

/// <summary>
/// Inserts millions of signatures while no server runs: the rows of signing and confirming, without
/// the write queue and without waiting for the disk.
/// </summary>
internal static class Filling
{
    private const int Batch = 20_000;

    /// <summary>
    /// People who signed, got their letter and have not confirmed. Encrypted values are random
    /// bytes of the right length, because no step decrypts them.
    /// </summary>
    public static Task PendingAsync(DataFolder folder, int count) =>
        FillAsync(folder, count, confirmed: false, signed =>
        {
            var example = signed(0);
            return person =>
                example with
                {
                    Country = PeopleNames.Country(person),
                    LineCountry = PeopleNames.Country(person),
                    Candidates = [RandomNumberGenerator.GetBytes(example.BlindIndex.Length)],
                    Contact = Random(example.Contact),
                    Person = Random(example.Person),
                    LedgerKey = Random(example.LedgerKey),
                    Commitment = Random(example.Commitment),
                };
        });

    /// <summary>
    /// People who confirmed and wait to enter the ledger, encrypted as the product does.
    /// </summary>
    public static Task ConfirmedAsync(DataFolder folder, int count) =>
        FillAsync(folder, count, confirmed: true, signed => signed);

    private static async Task FillAsync(
        DataFolder folder,
        int count,
        bool confirmed,
        Func<Func<int, PreparedSignature>, Func<int, PreparedSignature>> people
    )
    {
        Progress.Say(string.Create(CultureInfo.InvariantCulture, $"{count:N0} signatures are filled in"));
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([
                new("Data:Directory", folder.Path),
                new("Keys:Directory", Path.Combine(folder.Path, "keys")),
            ])
            .Build();
        await using var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddLogging()
            .AddCampaignDatabase(configuration, InstallationRoot.Find(), serving: false)
            .BuildServiceProvider();
        var campaign = services.GetRequiredService<CampaignStore>().Find(Site.Slug)!;
        var signing = services.GetRequiredService<SigningStore>();
        var prepare = people(person => signing.Prepare(campaign, Form(campaign, person)));

        // Filling turns the write-ahead log off, which needs the only connection.
        folder.CloseReaders();
        using var dialect = new SqliteDialect($"Data Source={Path.Combine(folder.Path, Database.FileName)}");
        using var writeLock = new FileLock(Path.Combine(folder.Path, "write.lock"));
        using var writing = new SqliteWriterSession(dialect, writeLock, 0, 0, TimeProvider.System, NullLogger.Instance);
        writing.Acquire();
        var rows = new FillingRows(writing, new Ids(0, TimeProvider.System), confirmed);
        rows.Begin();
        foreach (var batch in Enumerable.Range(0, count).Chunk(Batch))
        {
            // Encryption takes most of the time, so it runs in parallel.
            var prepared = batch.AsParallel().AsOrdered().Select(prepare).ToArray();
            for (var i = 0; i < batch.Length; i++)
                rows.Add(batch[i], prepared[i]);
        }
        rows.Finish();
    }

    private static NewSignature Form(Campaign campaign, int person)
    {
        var email = EmailAddress
            .Parse(string.Create(CultureInfo.InvariantCulture, $"filled{person:D9}@example.org"))
            .Address!;
        return new NewSignature(
            PeopleNames.Name(person),
            email,
            PeopleNames.Country(person),
            PeopleNames.Locality(person),
            "en",
            Disclosure.Name,
            false,
            campaign.Text("en").Hash
        );
    }

    private static byte[] Random(byte[] like) => RandomNumberGenerator.GetBytes(like.Length);
}
