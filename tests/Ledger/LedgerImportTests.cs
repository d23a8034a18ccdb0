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
    private NamedSigners _signers = null!;

    public async Task InitializeAsync()
    {
        _house = await new OneCampaign(minBatch: 5).StartAsync();
        _signers = new(_house);
    }

    public async Task DisposeAsync() => await _house.DisposeAsync();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Whatever_happened_after_the_backup_is_as_it_was(bool servedBefore, bool onlyWhatIsMissing)
    {
        await _signers.LiveBeforeAsync();
        await _house.BackUpAsync();
        await _signers.LiveAfterAsync();
        var published = _house.Lines();
        var heads = _signers.Heads();
        var confirmedOn = _house.Clock.GetUtcNow().UtcDateTime.Date;

        // Whoever restores may look at it with a server first: journalled acts are then carried out on rows whose lines are not known yet.
        await _house.RestoreAsync(servedBefore);
        var held = _house.Lines().Count;
        Assert.InRange(held, 5, published.Count - 10);
        if (servedBefore) Assert.Equal(0, _signers.Figures().WithoutSignature);
        var done = await _signers.ImportAsync(published.Skip(onlyWhatIsMissing ? held : 0));
        Assert.Equal((held, published.Count, 1), (done.From, done.Size, done.WithoutSignature));
        Assert.Equal(servedBefore ? 2 : 4, done.Confirmed);

        await _house.RestartAsync();
        Assert.Empty(_house.Get<SealingStops>().Reasons);
        Assert.Equal(published, _house.Lines());
        Assert.Equal(heads, _signers.Heads());
        await _signers.ConfirmAsync("new");
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
            "SELECT count(*) FROM signatures WHERE id = @id AND confirmed_at / 86400000 = @day", new { id = _signers["pending"], day = (confirmedOn - DateTime.UnixEpoch).Days })));

        // Nothing is left of the way there.
        Assert.Equal(0, _house.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM ledger_queue")));
        Assert.Equal(0, _house.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM campaigns WHERE ledger_behind = 1")));
        var again = await _signers.ImportAsync(published);
        Assert.Equal(again.From, again.Size);
        await _house.RestartAsync();
        AssertStates();
        await AssertCountsAsync();
        Assert.Single(_house.Query(connection => connection.Query("SELECT * FROM audit WHERE action = 'ledger.import'").ToList()));
    }

    [Fact]
    public async Task Nothing_that_may_have_been_confirmed_expires_before_the_import()
    {
        await _signers.ConfirmAsync("early");
        var id = await _house.SignAsync("pending@example.org");
        await _house.BackUpAsync();
        Assert.Null((await _house.Get<ConfirmationStore>().ConfirmAsync(_house.Link(TokenPurpose.Confirm, id))).Refusal);
        await _house.SealAllAsync();
        var published = _house.Lines();
        await _house.RestoreAsync();
        _house.Clock.Advance(TimeSpan.FromDays(30));
        Assert.DoesNotContain(_house.Campaign.Id, _house.Get<ExpiryStore>().ListCampaigns());
        Assert.Equal(1, (await _signers.ImportAsync(published)).Confirmed);
        Assert.Contains(_house.Campaign.Id, _house.Get<ExpiryStore>().ListCampaigns());
        Assert.Equal(0, _house.Get<RecountStore>().Drift(_house.Campaign.Id));
    }

    [Fact]
    public async Task What_a_line_says_was_taken_back_is_taken_back_though_the_journal_forgot_why()
    {
        foreach (var name in (string[])["stays", "withdraws", "struck"]) await _signers.ConfirmAsync(name);
        await _house.BackUpAsync();
        await _house.SealAllAsync();
        await _house.WithdrawAsync(_signers["withdraws"]);
        Assert.Null(await _house.Get<ModerationStore>().InvalidateAsync(_house.Campaign, _signers["struck"], "spam", Actor.Operator));
        await _house.SealAllAsync();
        var published = _house.Lines();
        await _house.RestoreAsync(serving: false, alsoDo: _ =>
            File.WriteAllLines(_house.JournalFile, File.ReadAllLines(_house.JournalFile).Where(line => line.Contains("\"head\"", StringComparison.Ordinal))));

        await _signers.ImportAsync(published);
        Assert.Equal(["confirmed", "withdrawn", "invalidated"], ((string[])["stays", "withdraws", "struck"]).Select(_signers.State));
        await _house.RestartAsync();
        await _house.SealAllAsync();
        Assert.Equal(published, _house.Lines());
        Assert.Equal((0, 0), (_house.Get<RecountStore>().Drift(_house.Campaign.Id), _signers.Figures().WithoutSignature));
    }

    [Fact]
    public async Task Whoever_signs_again_before_the_import_is_counted_once()
    {
        await _signers.LiveBeforeAsync();
        await _house.BackUpAsync();
        await _signers.LiveAfterAsync();
        var published = _house.Lines();
        await _house.RestoreAsync();
        // Pending in the backup, confirmed and published since; now they get another commitment.
        await _house.SignAsync("pending@example.org", "NO");
        Assert.Null((await _house.Get<ConfirmationStore>().ConfirmAsync(_house.Link(TokenPurpose.Confirm, _signers["pending"], generation: 1))).Refusal);
        await _signers.ImportAsync(published);
        await _house.RestartAsync();
        await _house.SealAllAsync();
        Assert.Equal((0, 1), (_house.Get<RecountStore>().Drift(_house.Campaign.Id), _signers.Figures().WithoutSignature));
        Assert.Equal(5, (await _house.Get<LiveCounts>().OfAsync(_house.Campaign)).Confirmed);
    }

    private void AssertStates()
    {
        foreach (var (name, id) in _signers.Ids)
        {
            var expected = name switch
            {
                "never" => "pending",
                _ when name.Contains("erased", StringComparison.Ordinal) => "erased",
                _ when name.Contains("withdrawn", StringComparison.Ordinal) || name == "sealed-then-queued" => "withdrawn",
                "sealed-struck" => "invalidated",
                _ => "confirmed",
            };
            Assert.Equal((name, expected), (name, _signers.State(name)));
            if (expected == "erased")
                Assert.Equal(0, _house.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM ledger_entries WHERE signature_id = @id", new { id })));
        }
    }

    /// <summary>Counters are the rows, the public count is the ledger's, and between them lies exactly what was lost.</summary>
    private async Task AssertCountsAsync()
    {
        Assert.Equal(0, _house.Get<RecountStore>().Drift(_house.Campaign.Id));
        var figures = _signers.Figures();
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
        foreach (var size in _signers.Heads().Keys)
        {
            var signed = LedgerHead.Parse(Jws.Verify(_house.Ledger.FindHead(_house.Campaign.Id, size)!.Jws, JwkSet.Parse(_house.PublishedKeys())!)!)!;
            var some = new LedgerReplay();
            foreach (var line in _house.Lines().Take((int)size)) Assert.Null(some.Add(line));
            Assert.Equal((size, Convert.ToHexStringLower(some.Root()), LedgerHead.CountsText(some.Counts)), (signed.Size, signed.Root, LedgerHead.CountsText(signed.Counts)));
        }
    }

    private void AssertReceipt(string name)
    {
        var receipt = _house.Get<MySignatureStore>().FindReceipt(_house.Link(TokenPurpose.Manage, _signers[name])).Value!;
        var line = LedgerLine.Parse(_house.Lines()[(int)receipt.Proof.N])!;
        Assert.Equal(receipt.Commitment, line.Commitment);
        Assert.True(MerkleTree.Verify(
            line.LeafHash(), receipt.Proof.N, receipt.Proof.Size, [.. receipt.Proof.Path.Select(Convert.FromHexString)], Convert.FromHexString(_house.Ledger.GetHead(_house.Campaign.Id).Root)));
    }
}
