using System.Text;
using Campaigns.Db.Ledger;
using Campaigns.Db.Operations;
using Campaigns.Ledger;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Ledger;

/// <summary>
/// Files and lines that an import refuses, because nothing proves that they were published.
/// </summary>
public sealed class RefusedImportTests : RestoreScenarioTests
{
    [Fact]
    public async Task Wrong_file_is_refused_with_its_line_and_changes_nothing()
    {
        await Signers.ActBeforeBackupAsync();
        await Fixture.BackUpAsync();
        await Signers.ActAfterBackupAsync();
        var other = await Fixture.CreateAsync("other-campaign");
        for (var i = 0; i < 20; i++)
            await Fixture.ConfirmAsync($"o{i}@example.org", "GB", other);
        await Fixture.SealAllAsync();
        var foreign = Fixture.Ledger.ReadLines(other.Id, 0, long.MaxValue);
        var lines = Fixture.Lines();
        var heads = Signers.Heads().Keys.Order().ToList();
        await Fixture.RestoreAsync(serving: false);
        var known = Fixture.Lines().Count;
        var before = Fingerprint();

        string Text(IEnumerable<string> some) => string.Concat(some.Select(line => line + "\n"));
        IEnumerable<string> Without(int n) => [.. lines.Take(n), .. lines.Skip(n + 1)];
        IEnumerable<string> Swapped(int n) => [.. lines.Take(n), lines[n + 1], lines[n], .. lines.Skip(n + 2)];
        var add = Enumerable
            .Range(known, lines.Count - known)
            .Last(n => lines[n].Contains("\"add\"", StringComparison.Ordinal));
        string[] tampered = [.. lines];
        tampered[add] = LedgerLine.OfAdd(add, LedgerLine.Parse(lines[add])!.Country, new byte[32]).Text;

        await Refused("", $"before line {known}");
        await Refused(Text(lines.Take(lines.Count - 1)), $"before line {lines.Count - 1}");
        await Refused(Text(lines)[..^1], "cut off");
        await Refused(Text(lines)[..^20], "cut off");
        await Refused(Text(Without(known + 1)), $"Line {known + 1} ");
        await Refused(Text(Without(1)), "line 1 ");
        await Refused(Text(Swapped(known)), $"Line {known} ");
        await Refused(Text(lines.Skip(known + 1)), $"begins with entry {known + 1}");
        await Refused(
            Text(tampered),
            $"Among the lines {heads.Last(size => size <= add)} to {heads.First(size => size > add) - 1} "
        );
        await Refused(Text(tampered.Skip(known)), $"Among the lines {heads.Last(size => size <= add)} to ");
        await Refused(Text(foreign), "Line 0 ");
        await Refused(Text(foreign.Skip(known)), "Among the lines ");
        await Refused(Text(lines).Replace("\n", "\r\n", StringComparison.Ordinal), "does not begin");
        await Refused("\uFEFF" + Text(lines), "does not begin");
        await Refused(Text(lines).Replace("\":\"add", "\": \"add", StringComparison.Ordinal), "does not begin");
        await Refused(Text([.. lines, "no line"]), $"Line {lines.Count} ");
        await Refused(new string('x', 200_000), "no ledger entry");
        await Refused(
            Text([.. lines.Take(known), lines[known].Replace("type", "typé", StringComparison.Ordinal)]),
            $"Line {known} "
        );

        Assert.Equal((known, lines.Count), await TakeAsync(Text(lines)));
        async Task Refused(string file, string words)
        {
            var refusal = await Assert.ThrowsAsync<ImportRefusedException>(() => TakeAsync(file));
            Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
            Assert.Equal(before, Fingerprint());
        }
    }

    [Fact]
    public async Task Lines_without_proof_in_the_journal_are_not_imported()
    {
        await Signers.ConfirmAsync("early");
        await Fixture.SealAllAsync();
        await Fixture.BackUpAsync();
        for (var i = 0; i < 3; i++)
            await Signers.ConfirmAsync($"late{i}");
        await Fixture.SealAllAsync();
        var published = Fixture.Lines();
        var proven = published.Count;
        await Fixture.RestoreAsync(serving: false);
        // A line that is in no journal: well formed, but possibly invented.
        var done = await Signers.ImportAsync([.. published, LedgerLine.OfAdd(proven, "GB", new byte[32]).Text]);
        Assert.Equal((proven, 3), (done.Size, done.WithoutSignature));
        Assert.Equal(proven, Fixture.Lines().Count);
    }

    [Fact]
    public async Task Database_with_a_diverged_history_refuses_every_file()
    {
        // With this many entries a random order does not repeat by chance.
        for (var i = 0; i < 12; i++)
            await Signers.ConfirmAsync($"p{i}");
        await Fixture.BackUpAsync();
        await Fixture.SealAllAsync();
        await Signers.ConfirmAsync("late");
        await Fixture.SealAllAsync();
        var published = Fixture.Lines();
        var journal = await File.ReadAllBytesAsync(Fixture.JournalFile);
        // The journal was missing while the restored database went on sealing.
        await Fixture.RestoreAsync(alsoDo: _ => File.Delete(Fixture.JournalFile));
        await Fixture.SealAllAsync();
        await Fixture.RestartAsync(data => File.WriteAllBytes(Path.Combine(data, "journal-found.jsonl"), journal));

        var refusal = await Assert.ThrowsAsync<ImportRefusedException>(() => Signers.ImportAsync(published.Skip(12)));
        Assert.Contains("no file can continue", refusal.Message, StringComparison.Ordinal);
    }

    private string Fingerprint() =>
        Fixture.Query(connection =>
            string.Join(
                '|',
                (
                    (string[])
                        [
                            "ledger_entries",
                            "ledger_heads",
                            "ledger_tiles",
                            "ledger_queue",
                            "signatures",
                            "counters",
                            "audit",
                            "campaigns",
                        ]
                ).SelectMany(table =>
                    connection
                        .Query($"SELECT * FROM {table}")
                        .Select(row =>
                            string.Join(
                                ',',
                                ((IDictionary<string, object?>)row).Values.Select(value =>
                                    value is byte[] bytes ? Convert.ToHexString(bytes) : value
                                )
                            )
                        )
                )
            )
        );

    private async Task<(long From, long Size)> TakeAsync(string file)
    {
        var done = await Fixture
            .Get<LedgerImport>()
            .ImportAsync(Fixture.Campaign, new MemoryStream(Encoding.UTF8.GetBytes(file)));
        return (done.From, done.Size);
    }
}
