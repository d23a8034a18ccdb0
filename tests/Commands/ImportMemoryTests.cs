using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Campaigns.Ledger;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Xunit.Abstractions;

namespace Campaigns.Tests.Commands;

/// <summary>Measures the command as a process of its own.</summary>
[Trait("Speed", "slow")]
public sealed class ImportMemoryTests(ITestOutputHelper output)
{
    [LinuxFact]
    public async Task Import_of_600000_lines_needs_hardly_more_memory_than_200000()
    {
        // Both imports fill the database's cache, which has a fixed limit. Beyond that a line costs a few bytes.
        var small = await PeakAsync(200_000);
        var large = await PeakAsync(600_000);
        Assert.True(large <= 1.25 * small, $"{large} kB against {small} kB");
    }

    /// <summary>
    /// The peak resident memory of the command, in kB. Every second line has a pending signature in
    /// the database.
    /// </summary>
    private async Task<long> PeakAsync(int lines)
    {
        var folder = Directory.CreateTempSubdirectory("import-memory-").FullName;
        try
        {
            var file = Path.Combine(folder, "ledger.ndjson");
            await using (var fixture = await new CampaignFixture(folder: folder).StartAsync())
            {
                var root = await WriteAsync(fixture, file, lines);
                const string At = "2026-05-17T09:00:00.000Z";
                var id = fixture.Campaign.Id;
                await File.AppendAllTextAsync(
                    fixture.JournalFile,
                    FormattableString.Invariant(
                        $$"""{"at":"{{At}}","type":"head","campaign":"{{id}}","size":{{lines}},"root":"{{root}}"}"""
                    ) + "\n"
                );
            }
            var watch = Stopwatch.StartNew();
            await using var import = CampaignProcess.Begin([
                "ledger",
                "import",
                file,
                "--campaign",
                CampaignFixture.Slug,
                .. CampaignProcess.On(Path.Combine(folder, "data"), Path.Combine(folder, "keys")),
            ]);
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
            long peak = 0;
            while (await SampleAsync(import.Id) is { } now)
            {
                peak = Math.Max(peak, now);
                await Task.Delay(20, patience.Token);
            }
            output.WriteLine($"{lines} lines: {watch.Elapsed.TotalSeconds:0.0} s, {peak} kB");
            using var database = DatabaseUnderTest.Open(Path.Combine(folder, "data"));
            Assert.Equal(
                (lines, lines / 2),
                database.QuerySingle<(int, int)>(
                    """
                    SELECT (SELECT ledger_size FROM campaigns),
                        (SELECT count(*) FROM signatures s
                         JOIN ledger_entries e ON e.signature_id = s.id AND e.n = s.ledger_n
                         WHERE s.state = 'confirmed')
                    """
                )
            );
            return peak;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> WriteAsync(CampaignFixture fixture, string file, int lines)
    {
        const int Batch = 10_000;
        var tree = new CompactRange();
        await using var published = new StreamWriter(file) { NewLine = "\n" };
        for (var from = 0; from < lines; from += Batch)
        {
            var adds = Enumerable
                .Range(from, Batch)
                .Select(n => (N: n, Commitment: RandomNumberGenerator.GetBytes(32)))
                .ToList();
            foreach (var (n, commitment) in adds)
            {
                var line = LedgerLine.OfAdd(n, "GB", commitment);
                tree.Add(line.LeafHash());
                await published.WriteLineAsync(line.Text);
            }
            var nothing = new byte[120];
            await fixture.Database.Writes.RunAsync(write =>
            {
                write.Count(fixture.Campaign.Id, "GB", "pending", Batch / 2);
                return TestSql.Insert(
                    write.Connection,
                    """
                    signatures (id, campaign_id, state, country, line_country, text_hash, person, contact,
                        commitment, signed_at)
                    """,
                    adds.Where(add => add.N % 2 == 0)
                        .Select(add =>
                            new object?[]
                            {
                                write.NextId(),
                                fixture.Campaign.Id,
                                "pending",
                                "GB",
                                "GB",
                                "x",
                                nothing,
                                nothing,
                                add.Commitment,
                                0,
                            }
                        )
                );
            });
        }
        return Convert.ToHexStringLower(tree.Root());
    }

    private static async Task<long?> SampleAsync(int process)
    {
        try
        {
            var status = await File.ReadAllLinesAsync($"/proc/{process}/status");
            return status.FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line
                ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
