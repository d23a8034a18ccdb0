using System.Text;
using Campaigns.Db.Ledger;
using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Tests.Ledger;

/// <summary>
/// Files and lines that an import does not take, because nothing proves that they were published.
/// </summary>
public sealed class RefusedImportTests : NamedSignersTests
{
    [Fact]
    public async Task Any_other_file_is_refused_with_its_line_and_changes_nothing()
    {
        await Signers.LiveBeforeAsync();
        await House.BackUpAsync();
        await Signers.LiveAfterAsync();
        var other = await House.CreateAsync("other-campaign");
        for (var i = 0; i < 20; i++)
            await House.ConfirmAsync($"o{i}@example.org", "GB", other);
        await House.SealAllAsync();
        var foreign = House.Ledger.ReadLines(other.Id, 0, long.MaxValue);
        var lines = House.Lines();
        var heads = Signers.Heads().Keys.Order().ToList();
        await House.RestoreAsync(serving: false);
        var held = House.Lines().Count;
        var before = Fingerprint();

        string Text(IEnumerable<string> some) => string.Concat(some.Select(line => line + "\n"));
        IEnumerable<string> Without(int n) => [.. lines.Take(n), .. lines.Skip(n + 1)];
        IEnumerable<string> Swapped(int n) => [.. lines.Take(n), lines[n + 1], lines[n], .. lines.Skip(n + 2)];
        var add = Enumerable
            .Range(held, lines.Count - held)
            .Last(n => lines[n].Contains("\"add\"", StringComparison.Ordinal));
        string[] tampered = [.. lines];
        tampered[add] = LedgerLine.OfAdd(add, LedgerLine.Parse(lines[add])!.Country, new byte[32]).Text;

        await Refused("", $"before line {held}");
        await Refused(Text(lines.Take(lines.Count - 1)), $"before line {lines.Count - 1}");
        await Refused(Text(lines)[..^1], "cut off");
        await Refused(Text(lines)[..^20], "cut off");
        await Refused(Text(Without(held + 1)), $"Line {held + 1} ");
        await Refused(Text(Without(1)), "line 1 ");
        await Refused(Text(Swapped(held)), $"Line {held} ");
        await Refused(Text(lines.Skip(held + 1)), $"begins with entry {held + 1}");
        await Refused(
            Text(tampered),
            $"Among the lines {heads.Last(size => size <= add)} to {heads.First(size => size > add) - 1} "
        );
        await Refused(Text(tampered.Skip(held)), $"Among the lines {heads.Last(size => size <= add)} to ");
        await Refused(Text(foreign), "Line 0 ");
        await Refused(Text(foreign.Skip(held)), "Among the lines ");
        await Refused(Text(lines).Replace("\n", "\r\n", StringComparison.Ordinal), "does not begin");
        await Refused("\uFEFF" + Text(lines), "does not begin");
        await Refused(Text(lines).Replace("\":\"add", "\": \"add", StringComparison.Ordinal), "does not begin");
        await Refused(Text([.. lines, "no line"]), $"Line {lines.Count} ");
        await Refused(new string('x', 200_000), "no ledger entry");
        await Refused(
            Text([.. lines.Take(held), lines[held].Replace("type", "typé", StringComparison.Ordinal)]),
            $"Line {held} "
        );

        Assert.Equal((held, lines.Count), await TakeAsync(Text(lines)));
        async Task Refused(string file, string words)
        {
            var refusal = await Assert.ThrowsAsync<ImportRefusedException>(() => TakeAsync(file));
            Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
            Assert.Equal(before, Fingerprint());
        }
    }

    [Fact]
    public async Task Lines_that_the_journal_does_not_prove_are_left_out()
    {
        await Signers.ConfirmAsync("early");
        await House.SealAllAsync();
        await House.BackUpAsync();
        for (var i = 0; i < 3; i++)
            await Signers.ConfirmAsync($"late{i}");
        await House.SealAllAsync();
        var published = House.Lines();
        var proven = published.Count;
        await House.RestoreAsync(serving: false);
        // A line that nobody's journal has: well formed, and perhaps invented.
        var done = await Signers.ImportAsync([.. published, LedgerLine.OfAdd(proven, "GB", new byte[32]).Text]);
        Assert.Equal((proven, 3), (done.Size, done.WithoutSignature));
        Assert.Equal(proven, House.Lines().Count);
    }

    [Fact]
    public async Task A_database_with_a_history_of_its_own_is_continued_by_no_file()
    {
        // Enough that chance does not put them into the same order twice.
        for (var i = 0; i < 12; i++)
            await Signers.ConfirmAsync($"p{i}");
        await House.BackUpAsync();
        await House.SealAllAsync();
        await Signers.ConfirmAsync("late");
        await House.SealAllAsync();
        var published = House.Lines();
        var journal = await File.ReadAllBytesAsync(House.JournalFile);
        // The journal was away while the backup went on by itself.
        await House.RestoreAsync(alsoDo: _ => File.Delete(House.JournalFile));
        await House.SealAllAsync();
        await House.RestartAsync(_ => File.WriteAllBytes(House.JournalFile, journal));

        var refusal = await Assert.ThrowsAsync<ImportRefusedException>(() => Signers.ImportAsync(published.Skip(12)));
        Assert.Contains("no file can continue", refusal.Message, StringComparison.Ordinal);
    }

    private string Fingerprint() =>
        House.Query(connection =>
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
        var done = await House
            .Get<LedgerImport>()
            .ImportAsync(House.Campaign, new MemoryStream(Encoding.UTF8.GetBytes(file)));
        return (done.From, done.Size);
    }
}
