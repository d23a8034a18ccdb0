using System.Text;
using Campaigns.Db.Ledger;
using Campaigns.Ledger;
using Dapper;

namespace Campaigns.Tests.Ledger;

/// <summary>Files and lines that an import does not take, because nothing proves that they were published.</summary>
public sealed class RefusedImportTests : IAsyncLifetime
{
    private OneCampaign _house = null!;
    private NamedSigners _signers = null!;

    public async Task InitializeAsync()
    {
        _house = await new OneCampaign(minBatch: 5).StartAsync();
        _signers = new(_house);
    }

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Fact]
    public async Task Any_other_file_is_refused_with_its_line_and_changes_nothing()
    {
        await _signers.LiveBeforeAsync();
        await _house.BackUpAsync();
        await _signers.LiveAfterAsync();
        var other = await _house.CreateAsync("other-campaign");
        for (var i = 0; i < 20; i++) await _house.ConfirmAsync($"o{i}@example.org", "GB", other);
        await _house.SealAllAsync();
        var foreign = _house.Ledger.ReadLines(other.Id, 0, long.MaxValue);
        var lines = _house.Lines();
        var heads = _signers.Heads().Keys.Order().ToList();
        await _house.RestoreAsync(serving: false);
        var held = _house.Lines().Count;
        var before = Fingerprint();

        string Text(IEnumerable<string> some) => string.Concat(some.Select(line => line + "\n"));
        IEnumerable<string> Without(int n) => [.. lines.Take(n), .. lines.Skip(n + 1)];
        IEnumerable<string> Swapped(int n) => [.. lines.Take(n), lines[n + 1], lines[n], .. lines.Skip(n + 2)];
        var add = Enumerable.Range(held, lines.Count - held).Last(n => lines[n].Contains("\"add\"", StringComparison.Ordinal));
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
        await Refused(Text(tampered), $"Among the lines {heads.Last(size => size <= add)} to {heads.First(size => size > add) - 1} ");
        await Refused(Text(tampered.Skip(held)), $"Among the lines {heads.Last(size => size <= add)} to ");
        await Refused(Text(foreign), "Line 0 ");
        await Refused(Text(foreign.Skip(held)), "Among the lines ");
        await Refused(Text(lines).Replace("\n", "\r\n", StringComparison.Ordinal), "does not begin");
        await Refused("\uFEFF" + Text(lines), "does not begin");
        await Refused(Text(lines).Replace("\":\"add", "\": \"add", StringComparison.Ordinal), "does not begin");
        await Refused(Text([.. lines, "no line"]), $"Line {lines.Count} ");
        await Refused(new string('x', 200_000), "no ledger entry");
        await Refused(Text([.. lines.Take(held), lines[held].Replace("type", "typé", StringComparison.Ordinal)]), $"Line {held} ");

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
        await _signers.ConfirmAsync("early");
        await _house.SealAllAsync();
        await _house.BackUpAsync();
        for (var i = 0; i < 3; i++) await _signers.ConfirmAsync($"late{i}");
        await _house.SealAllAsync();
        var published = _house.Lines();
        var proven = published.Count;
        await _house.RestoreAsync(serving: false);
        // A line that nobody's journal has: well formed, and perhaps invented.
        var done = await _signers.ImportAsync([.. published, LedgerLine.OfAdd(proven, "GB", new byte[32]).Text]);
        Assert.Equal((proven, 3), (done.Size, done.WithoutSignature));
        Assert.Equal(proven, _house.Lines().Count);
    }

    [Fact]
    public async Task A_database_with_a_history_of_its_own_is_continued_by_no_file()
    {
        // Enough that chance does not put them into the same order twice.
        for (var i = 0; i < 12; i++) await _signers.ConfirmAsync($"p{i}");
        await _house.BackUpAsync();
        await _house.SealAllAsync();
        await _signers.ConfirmAsync("late");
        await _house.SealAllAsync();
        var published = _house.Lines();
        var journal = await File.ReadAllBytesAsync(_house.JournalFile);
        // The journal was away while the backup went on by itself.
        await _house.RestoreAsync(alsoDo: _ => File.Delete(_house.JournalFile));
        await _house.SealAllAsync();
        await _house.RestartAsync(_ => File.WriteAllBytes(_house.JournalFile, journal));

        var refusal = await Assert.ThrowsAsync<ImportRefusedException>(() => _signers.ImportAsync(published.Skip(12)));
        Assert.Contains("no file can continue", refusal.Message, StringComparison.Ordinal);
    }

    private string Fingerprint() => _house.Query(connection => string.Join('|', ((string[])["ledger_entries", "ledger_heads", "ledger_tiles", "ledger_queue", "signatures", "counters", "audit", "campaigns"])
        .SelectMany(table => connection.Query($"SELECT * FROM {table}").Select(row => string.Join(',', ((IDictionary<string, object?>)row).Values.Select(value => value is byte[] bytes ? Convert.ToHexString(bytes) : value))))));

    private async Task<(long From, long Size)> TakeAsync(string file)
    {
        var done = await _house.Get<LedgerImport>().ImportAsync(_house.Campaign, new MemoryStream(Encoding.UTF8.GetBytes(file)));
        return (done.From, done.Size);
    }
}
