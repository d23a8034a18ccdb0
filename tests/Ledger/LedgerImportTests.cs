using System.Text;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Tests.Ledger;

/// <summary>A backup that is older than the published ledger, and the published lines brought back into it.</summary>
public sealed class LedgerImportTests : IAsyncLifetime
{
    private OneCampaign _house = null!;
    private readonly string _backup = Directory.CreateTempSubdirectory("backup-").FullName;
    private readonly Dictionary<string, long> _ids = new(StringComparer.Ordinal);

    public async Task InitializeAsync() => _house = await new OneCampaign(minBatch: 5).StartAsync();

    public async Task DisposeAsync()
    {
        await _house.DisposeAsync();
        Directory.Delete(_backup, recursive: true);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Whatever_happened_after_the_backup_is_as_it_was(bool servedBefore, bool onlyWhatIsMissing)
    {
        await LiveBeforeAsync();
        await BackUpAsync();
        await LiveAfterAsync();
        var published = _house.Lines();
        var heads = Heads();
        var confirmedOn = _house.Clock.GetUtcNow().UtcDateTime.Date;

        // Whoever restores may look at it with a server first: journalled acts are then carried out on rows whose lines are not known yet.
        await RestoreAsync(servedBefore);
        var held = _house.Lines().Count;
        Assert.InRange(held, 5, published.Count - 10);
        if (servedBefore) Assert.Equal(0, Figures().WithoutSignature);
        var done = await ImportAsync(published.Skip(onlyWhatIsMissing ? held : 0));
        Assert.Equal((held, published.Count, 1), (done.From, done.Size, done.WithoutSignature));
        Assert.Equal(servedBefore ? 2 : 4, done.Confirmed);

        await _house.RestartAsync();
        Assert.Empty(_house.Get<SealingStops>().Reasons);
        Assert.Equal(published, _house.Lines());
        Assert.Equal(heads, Heads());
        await ConfirmAsync("new");
        await _house.SealAllAsync();
        AssertStates();
        Assert.Equal(published, _house.Lines().Take(published.Count));
        var after = _house.Lines().Skip(published.Count).Select(line => LedgerLine.Parse(line)!).ToList();
        // Taken back after the last published head: once each, and in the order of chance.
        Assert.Equal(["add", "remove", "remove", "remove", "remove"], after.Select(line => line.Type).Order(StringComparer.Ordinal));
        Assert.Equal(published.Count + after.Count, _house.Ledger.GetHead(_house.Campaign.Id).Size);
        AssertHonest();
        await AssertCountsAsync();
        foreach (var name in (string[])["sealed", "queued", "pending", "held", "new"]) AssertReceipt(name);
        Assert.Equal(1, _house.Query(connection => connection.QuerySingle<long>(
            "SELECT count(*) FROM signatures WHERE id = @id AND confirmed_at / 86400000 = @day", new { id = _ids["pending"], day = (confirmedOn - DateTime.UnixEpoch).Days })));

        // Nothing is left of the way there.
        Assert.Equal(0, _house.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM ledger_queue")));
        Assert.Equal(0, _house.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM campaigns WHERE ledger_behind = 1")));
        var again = await ImportAsync(published);
        Assert.Equal(again.From, again.Size);
        await _house.RestartAsync();
        AssertStates();
        await AssertCountsAsync();
        Assert.Single(_house.Query(connection => connection.Query("SELECT * FROM audit WHERE action = 'ledger.import'").ToList()));
    }

    [Fact]
    public async Task Any_other_file_is_refused_with_its_line_and_changes_nothing()
    {
        await LiveBeforeAsync();
        await BackUpAsync();
        await LiveAfterAsync();
        var other = await _house.CreateAsync("other-campaign");
        for (var i = 0; i < 20; i++) await _house.ConfirmAsync($"o{i}@example.org", "GB", other);
        await _house.SealAllAsync();
        var foreign = _house.Ledger.ReadLines(other.Id, 0, long.MaxValue);
        var lines = _house.Lines();
        var heads = Heads().Keys.Order().ToList();
        await RestoreAsync(serving: false);
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
        await ConfirmAsync("early");
        await _house.SealAllAsync();
        await BackUpAsync();
        for (var i = 0; i < 3; i++) await ConfirmAsync($"late{i}");
        await _house.SealAllAsync();
        var published = _house.Lines();
        var proven = published.Count;
        await RestoreAsync(serving: false);
        // A line that nobody's journal has: well formed, and perhaps invented.
        var done = await ImportAsync([.. published, LedgerLine.OfAdd(proven, "GB", new byte[32]).Text]);
        Assert.Equal((proven, 3), (done.Size, done.WithoutSignature));
        Assert.Equal(proven, _house.Lines().Count);
    }

    [Fact]
    public async Task A_database_with_a_history_of_its_own_is_continued_by_no_file()
    {
        // Enough that chance does not put them into the same order twice.
        for (var i = 0; i < 12; i++) await ConfirmAsync($"p{i}");
        await BackUpAsync();
        await _house.SealAllAsync();
        await ConfirmAsync("late");
        await _house.SealAllAsync();
        var published = _house.Lines();
        var journal = await File.ReadAllBytesAsync(_house.JournalFile);
        // The journal was away while the backup went on by itself.
        await RestoreAsync(alsoDo: () => File.Delete(_house.JournalFile));
        await _house.SealAllAsync();
        await _house.RestartAsync(_ => File.WriteAllBytes(_house.JournalFile, journal));

        var refusal = await Assert.ThrowsAsync<ImportRefusedException>(() => ImportAsync(published.Skip(12)));
        Assert.Contains("no file can continue", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_may_have_been_confirmed_expires_before_the_import()
    {
        await ConfirmAsync("early");
        var id = await _house.SignAsync("pending@example.org");
        await BackUpAsync();
        Assert.Null((await _house.Get<ConfirmationStore>().ConfirmAsync(_house.Link(TokenPurpose.Confirm, id))).Refusal);
        await _house.SealAllAsync();
        var published = _house.Lines();
        await RestoreAsync();
        _house.Clock.Advance(TimeSpan.FromDays(30));
        Assert.DoesNotContain(_house.Campaign.Id, _house.Get<ExpiryStore>().ListCampaigns());
        Assert.Equal(1, (await ImportAsync(published)).Confirmed);
        Assert.Contains(_house.Campaign.Id, _house.Get<ExpiryStore>().ListCampaigns());
        Assert.Equal(0, _house.Get<RecountStore>().Drift(_house.Campaign.Id));
    }

    [Fact]
    public async Task What_a_line_says_was_taken_back_is_taken_back_though_the_journal_forgot_why()
    {
        foreach (var name in (string[])["stays", "withdraws", "struck"]) await ConfirmAsync(name);
        await BackUpAsync();
        await _house.SealAllAsync();
        await _house.WithdrawAsync(_ids["withdraws"]);
        Assert.Null(await _house.Get<ModerationStore>().InvalidateAsync(_house.Campaign, _ids["struck"], "spam", Actor.Operator));
        await _house.SealAllAsync();
        var published = _house.Lines();
        await RestoreAsync(serving: false, alsoDo: () =>
            File.WriteAllLines(_house.JournalFile, File.ReadAllLines(_house.JournalFile).Where(line => line.Contains("\"head\"", StringComparison.Ordinal))));

        await ImportAsync(published);
        Assert.Equal(["confirmed", "withdrawn", "invalidated"], ((string[])["stays", "withdraws", "struck"]).Select(State));
        await _house.RestartAsync();
        await _house.SealAllAsync();
        Assert.Equal(published, _house.Lines());
        Assert.Equal((0, 0), (_house.Get<RecountStore>().Drift(_house.Campaign.Id), Figures().WithoutSignature));
    }

    [Fact]
    public async Task Whoever_signs_again_before_the_import_is_counted_once()
    {
        await LiveBeforeAsync();
        await BackUpAsync();
        await LiveAfterAsync();
        var published = _house.Lines();
        await RestoreAsync();
        // Pending in the backup, confirmed and published since; now they get another commitment.
        await _house.SignAsync("pending@example.org", "NO");
        Assert.Null((await _house.Get<ConfirmationStore>().ConfirmAsync(_house.Link(TokenPurpose.Confirm, _ids["pending"], generation: 1))).Refusal);
        await ImportAsync(published);
        await _house.RestartAsync();
        await _house.SealAllAsync();
        Assert.Equal((0, 1), (_house.Get<RecountStore>().Drift(_house.Campaign.Id), Figures().WithoutSignature));
        Assert.Equal(5, (await _house.Get<LiveCounts>().OfAsync(_house.Campaign)).Confirmed);
    }

    private async Task LiveBeforeAsync()
    {
        foreach (var name in (string[])["sealed", "sealed-withdrawn", "sealed-erased", "sealed-struck", "sealed-then-queued"]) await ConfirmAsync(name);
        await _house.SealAllAsync();
        await _house.WithdrawAsync(_ids["sealed-then-queued"]);
        foreach (var name in (string[])["queued", "queued-withdrawn", "queued-erased", "queued-erased-late", "queued-withdrawn-late"]) await ConfirmAsync(name);
        foreach (var name in (string[])["pending", "pending-erased", "pending-erased-late", "never"]) _ids[name] = await _house.SignAsync(name + "@example.org", "NO");
        await ConfirmAsync("held", held: true);
    }

    private async Task LiveAfterAsync()
    {
        _house.Clock.Advance(TimeSpan.FromDays(1));
        foreach (var name in (string[])["pending", "pending-erased", "pending-erased-late"])
            Assert.Null((await _house.Get<ConfirmationStore>().ConfirmAsync(_house.Link(TokenPurpose.Confirm, _ids[name]))).Refusal);
        Assert.Null(await _house.Get<ModerationStore>().ReleaseAsync(_house.Campaign, _ids["held"], Actor.Operator));
        await ConfirmAsync("lost");
        await _house.SealAllAsync();
        await _house.WithdrawAsync(_ids["sealed-withdrawn"]);
        await _house.WithdrawAsync(_ids["queued-withdrawn"]);
        foreach (var name in (string[])["sealed-erased", "queued-erased", "pending-erased"]) await _house.EraseAsync(_ids[name]);
        await _house.SealAllAsync();
        // These reach the journal, and no published line.
        await _house.EraseAsync(_ids["queued-erased-late"]);
        await _house.EraseAsync(_ids["pending-erased-late"]);
        await _house.WithdrawAsync(_ids["queued-withdrawn-late"]);
        Assert.Null(await _house.Get<ModerationStore>().InvalidateAsync(_house.Campaign, _ids["sealed-struck"], "spam", Actor.Operator));
        _ids.Remove("lost");
    }

    private void AssertStates()
    {
        foreach (var (name, id) in _ids)
        {
            var expected = name switch
            {
                "never" => "pending",
                _ when name.Contains("erased", StringComparison.Ordinal) => "erased",
                _ when name.Contains("withdrawn", StringComparison.Ordinal) || name == "sealed-then-queued" => "withdrawn",
                "sealed-struck" => "invalidated",
                _ => "confirmed",
            };
            Assert.Equal((name, expected), (name, State(name)));
            if (expected == "erased")
                Assert.Equal(0, _house.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM ledger_entries WHERE signature_id = @id", new { id })));
        }
    }

    /// <summary>Counters are the rows, the public count is the ledger's, and between them lies exactly what was lost.</summary>
    private async Task AssertCountsAsync()
    {
        Assert.Equal(0, _house.Get<RecountStore>().Drift(_house.Campaign.Id));
        var figures = Figures();
        var rows = figures.Countries.Sum(country => country.Buckets[SignatureState.Confirmed]);
        Assert.Equal((5, 1, 0), (rows, figures.WithoutSignature, figures.Unsealed));
        var campaign = _house.Get<CampaignStore>().Find(OneCampaign.Slug)!;
        Assert.Equal(6, (await _house.Get<LiveCounts>().OfAsync(campaign)).Confirmed);
        Assert.Equal(figures.WithoutSignature, _house.Query(connection => connection.QuerySingle<long>(
            "SELECT count(*) FROM ledger_entries WHERE kind = 'add' AND removed = 0 AND signature_id IS NULL")));
    }

    private void AssertHonest()
    {
        var replay = new LedgerReplay();
        foreach (var line in _house.Lines()) Assert.Null(replay.Add(line));
        var head = _house.Ledger.GetHead(_house.Campaign.Id);
        Assert.Equal(head.Root, Convert.ToHexStringLower(replay.Root()));
        Assert.Equal(LedgerHead.CountsText(replay.Counts), LedgerHead.CountsText(head.Counts));
        foreach (var size in Heads().Keys)
        {
            var signed = LedgerHead.Parse(Jws.Verify(_house.Ledger.FindHead(_house.Campaign.Id, size)!.Jws, JwkSet.Parse(_house.PublishedKeys())!)!)!;
            var some = new LedgerReplay();
            foreach (var line in _house.Lines().Take((int)size)) Assert.Null(some.Add(line));
            Assert.Equal((size, Convert.ToHexStringLower(some.Root()), LedgerHead.CountsText(some.Counts)), (signed.Size, signed.Root, LedgerHead.CountsText(signed.Counts)));
        }
    }

    private void AssertReceipt(string name)
    {
        var receipt = _house.Get<MySignatureStore>().FindReceipt(_house.Link(TokenPurpose.Manage, _ids[name])).Value!;
        var line = LedgerLine.Parse(_house.Lines()[(int)receipt.Proof.N])!;
        Assert.Equal(receipt.Commitment, line.Commitment);
        Assert.True(MerkleTree.Verify(
            line.LeafHash(), receipt.Proof.N, receipt.Proof.Size, [.. receipt.Proof.Path.Select(Convert.FromHexString)], Convert.FromHexString(_house.Ledger.GetHead(_house.Campaign.Id).Root)));
    }

    private async Task ConfirmAsync(string name, bool held = false)
    {
        var id = _ids[name] = await _house.SignAsync(name + "@example.org", name.Contains("queued", StringComparison.Ordinal) ? "NL" : "GB");
        if (held)
        {
            await _house.Database.Writes.RunAsync(write =>
            {
                write.Count(_house.Campaign.Id, "GB", SignatureState.Pending, -1);
                write.Count(_house.Campaign.Id, "GB", SignatureState.Held, 1);
                return write.Connection.Execute("UPDATE signatures SET hold_reason = 'network' WHERE id = @id", new { id });
            });
        }
        Assert.Null((await _house.Get<ConfirmationStore>().ConfirmAsync(_house.Link(TokenPurpose.Confirm, id))).Refusal);
    }

    private StaffCounts Figures() => _house.Get<CountStore>().ForStaff(_house.Get<CampaignStore>().Find(OneCampaign.Slug)!, null);

    private string State(string name) => _house.Query(connection => connection.QuerySingle<string>("SELECT state FROM signatures WHERE id = @id", new { id = _ids[name] }));

    private Dictionary<long, string> Heads() => _house.Query(connection =>
        connection.Query<(long Size, string Root)>("SELECT size, root FROM ledger_heads WHERE campaign_id = @Id AND journaled = 1", new { _house.Campaign.Id }).ToDictionary(head => head.Size, head => head.Root));

    private string Fingerprint() => _house.Query(connection => string.Join('|', ((string[])["ledger_entries", "ledger_heads", "ledger_tiles", "ledger_queue", "signatures", "counters", "audit", "campaigns"])
        .SelectMany(table => connection.Query($"SELECT * FROM {table}").Select(row => string.Join(',', ((IDictionary<string, object?>)row).Values.Select(value => value is byte[] bytes ? Convert.ToHexString(bytes) : value))))));

    private Task<LedgerImported> ImportAsync(IEnumerable<string> lines)
    {
        var file = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        return _house.Get<LedgerImport>().ImportAsync(_house.Campaign, file);
    }

    private async Task<(long From, long Size)> TakeAsync(string file)
    {
        var done = await _house.Get<LedgerImport>().ImportAsync(_house.Campaign, new MemoryStream(Encoding.UTF8.GetBytes(file)));
        return (done.From, done.Size);
    }

    private Task BackUpAsync() => _house.RestartAsync(data =>
    {
        foreach (var file in Directory.GetFiles(data, "campaign.db*")) File.Copy(file, Path.Combine(_backup, Path.GetFileName(file)), overwrite: true);
    });

    private Task RestoreAsync(bool serving = true, Action? alsoDo = null) => _house.RestartAsync(
        data =>
        {
            foreach (var file in Directory.GetFiles(data, "campaign.db*")) File.Delete(file);
            foreach (var file in Directory.GetFiles(_backup, "campaign.db*")) File.Copy(file, Path.Combine(data, Path.GetFileName(file)));
            alsoDo?.Invoke();
        },
        serving);
}
