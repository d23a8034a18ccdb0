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

/// <summary>
/// A backup that is older than the published ledger, and the published lines brought back into it.
/// </summary>
public sealed class LedgerImportTests : NamedSignersTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Whatever_happened_after_the_backup_is_as_it_was(bool servedBefore, bool onlyWhatIsMissing)
    {
        await Signers.LiveBeforeAsync();
        await House.BackUpAsync();
        await Signers.LiveAfterAsync();
        var published = House.Lines();
        var heads = Signers.Heads();
        var confirmedOn = House.Clock.GetUtcNow().UtcDateTime.Date;

        // Whoever restores may look at it with a server first: journalled acts are then carried out on rows whose lines
        // are not known yet.
        await House.RestoreAsync(servedBefore);
        var held = House.Lines().Count;
        Assert.InRange(held, 5, published.Count - 10);
        if (servedBefore)
            Assert.Equal(0, Signers.Figures().WithoutSignature);
        var done = await Signers.ImportAsync(published.Skip(onlyWhatIsMissing ? held : 0));
        Assert.Equal((held, published.Count, 1), (done.From, done.Size, done.WithoutSignature));
        Assert.Equal(servedBefore ? 2 : 4, done.Confirmed);

        await House.RestartAsync();
        Assert.Empty(House.Get<SealingSuspensions>().Reasons);
        Assert.Equal(published, House.Lines());
        Assert.Equal(heads, Signers.Heads());
        await Signers.ConfirmAsync("new");
        await House.SealAllAsync();
        AssertStates();
        Assert.Equal(published, House.Lines().Take(published.Count));
        var after = House.Lines().Skip(published.Count).Select(line => LedgerLine.Parse(line)!).ToList();
        // Taken back after the last published head: once each, and in the order of chance.
        Assert.Equal(
            ["add", "remove", "remove", "remove", "remove"],
            after.Select(line => line.Type).Order(StringComparer.Ordinal)
        );
        Assert.Equal(published.Count + after.Count, House.Ledger.GetHead(House.Campaign.Id).Size);
        AssertHonest();
        await AssertCountsAsync();
        foreach (var name in (string[])["sealed", "queued", "pending", "held", "new"])
            AssertReceipt(name);
        Assert.Equal(
            1,
            House.Query(connection =>
                connection.QuerySingle<long>(
                    "SELECT count(*) FROM signatures WHERE id = @id AND confirmed_at / 86400000 = @day",
                    new { id = Signers["pending"], day = (confirmedOn - DateTime.UnixEpoch).Days }
                )
            )
        );

        // Nothing is left of the way there.
        Assert.Equal(0, House.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM ledger_queue")));
        Assert.Equal(
            0,
            House.Query(connection =>
                connection.QuerySingle<long>("SELECT count(*) FROM campaigns WHERE ledger_behind = 1")
            )
        );
        var again = await Signers.ImportAsync(published);
        Assert.Equal(again.From, again.Size);
        await House.RestartAsync();
        AssertStates();
        await AssertCountsAsync();
        Assert.Single(
            House.Query(connection => connection.Query("SELECT * FROM audit WHERE action = 'ledger.import'").ToList())
        );
    }

    [Fact]
    public async Task Nothing_that_may_have_been_confirmed_expires_before_the_import()
    {
        await Signers.ConfirmAsync("early");
        var id = await House.SignAsync("pending@example.org");
        await House.BackUpAsync();
        Assert.Null((await House.Get<ConfirmationStore>().ConfirmAsync(House.Link(LinkPurpose.Confirm, id))).Refusal);
        await House.SealAllAsync();
        var published = House.Lines();
        await House.RestoreAsync();
        House.Clock.Advance(TimeSpan.FromDays(30));
        Assert.DoesNotContain(House.Campaign.Id, House.Get<ExpiryStore>().ListCampaigns());
        Assert.Equal(1, (await Signers.ImportAsync(published)).Confirmed);
        Assert.Contains(House.Campaign.Id, House.Get<ExpiryStore>().ListCampaigns());
        Assert.Equal(0, House.Get<RecountStore>().Drift(House.Campaign.Id));
    }

    // As when a start on another machine, beside a journal that was laid there by mistake, stopped it.
    [Fact]
    public async Task What_another_process_stopped_is_said_and_goes_on_after_an_import_that_has_nothing_to_take()
    {
        await Signers.ConfirmAsync("early");
        await House.SealAllAsync();
        await House.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE campaigns SET ledger_behind = 1")
        );
        await Signers.ConfirmAsync("late");
        var held = House.Lines();
        for (var tries = 0; tries < 3; tries++)
            await House.SealAllAsync();
        Assert.Equal(held, House.Lines());
        Assert.Single(House.Log.Lines, line => line.Event == LedgerRecovery.SealingStopped);
        Assert.Equal([(House.Campaign.Id, CampaignFixture.Slug)], House.Ledger.FindBehind());

        var done = await Signers.ImportAsync(held);
        Assert.Equal((held.Count, held.Count), (done.From, done.Size));
        Assert.Empty(House.Ledger.FindBehind());
        await House.SealAllAsync();
        Assert.Equal(held.Count + 1, House.Lines().Count);
    }

    [Fact]
    public async Task Heads_and_acts_of_all_machines_prove_the_lines_together()
    {
        await Signers.LiveBeforeAsync();
        await House.BackUpAsync();
        await Signers.LiveAfterAsync();
        var published = House.Lines();
        // As when several machines took turns at publishing and at being asked.
        await House.RestoreAsync(serving: false, alsoDo: data =>
        {
            var lines = File.ReadAllLines(House.JournalFile);
            for (var machine = 0; machine < 3; machine++)
                File.WriteAllLines(
                    Path.Combine(data, $"journal-of-{machine}.jsonl"),
                    lines.Where((_, place) => place % 3 == machine)
                );
            File.WriteAllText(House.JournalFile, "");
        });
        Assert.Equal(published.Count, (await Signers.ImportAsync(published)).Size);
        await House.RestartAsync();
        Assert.Equal(published, House.Lines());
        await Signers.ConfirmAsync("new");
        await House.SealAllAsync();
        AssertStates();
        AssertHonest();
        await AssertCountsAsync();
    }

    [Fact]
    public async Task What_a_line_says_was_taken_back_is_taken_back_though_the_journal_forgot_why()
    {
        foreach (var name in (string[])["stays", "withdraws", "struck"])
            await Signers.ConfirmAsync(name);
        await House.BackUpAsync();
        await House.SealAllAsync();
        await House.WithdrawAsync(Signers["withdraws"]);
        Assert.Null(
            await House
                .Get<ModerationStore>()
                .InvalidateAsync(House.Campaign, Signers["struck"], "spam", Actor.Operator)
        );
        await House.SealAllAsync();
        var published = House.Lines();
        await House.RestoreAsync(serving: false, alsoDo: _ =>
            File.WriteAllLines(
                House.JournalFile,
                File.ReadAllLines(House.JournalFile).Where(line => line.Contains("\"head\"", StringComparison.Ordinal))
            )
        );

        await Signers.ImportAsync(published);
        Assert.Equal(
            ["confirmed", "withdrawn", "invalidated"],
            ((string[])["stays", "withdraws", "struck"]).Select(Signers.State)
        );
        await House.RestartAsync();
        await House.SealAllAsync();
        Assert.Equal(published, House.Lines());
        Assert.Equal((0, 0), (House.Get<RecountStore>().Drift(House.Campaign.Id), Signers.Figures().WithoutSignature));
    }

    [Fact]
    public async Task Whoever_signs_again_before_the_import_is_counted_once()
    {
        await Signers.LiveBeforeAsync();
        await House.BackUpAsync();
        await Signers.LiveAfterAsync();
        var published = House.Lines();
        await House.RestoreAsync();
        // Pending in the backup, confirmed and published since; now they get another commitment.
        await House.SignAsync("pending@example.org", "NO");
        Assert.Null(
            (
                await House
                    .Get<ConfirmationStore>()
                    .ConfirmAsync(House.Link(LinkPurpose.Confirm, Signers["pending"], generation: 1))
            ).Refusal
        );
        await Signers.ImportAsync(published);
        await House.RestartAsync();
        await House.SealAllAsync();
        Assert.Equal((0, 1), (House.Get<RecountStore>().Drift(House.Campaign.Id), Signers.Figures().WithoutSignature));
        Assert.Equal(5, (await House.Get<LiveCounts>().OfAsync(House.Campaign)).Confirmed);
    }

    private void AssertStates()
    {
        foreach (var (name, id) in Signers.Ids)
        {
            var expected = name switch
            {
                "never" => "pending",
                _ when name.Contains("erased", StringComparison.Ordinal) => "erased",
                _ when name.Contains("withdrawn", StringComparison.Ordinal) || name == "sealed-then-queued" =>
                    "withdrawn",
                "sealed-struck" => "invalidated",
                _ => "confirmed",
            };
            Assert.Equal((name, expected), (name, Signers.State(name)));
            if (expected == "erased")
                Assert.Equal(
                    0,
                    House.Query(connection =>
                        connection.QuerySingle<long>(
                            "SELECT count(*) FROM ledger_entries WHERE signature_id = @id",
                            new { id }
                        )
                    )
                );
        }
    }

    /// <summary>
    /// Counters are the rows, the public count is the ledger's, and between them lies exactly what
    /// was lost.
    /// </summary>
    private async Task AssertCountsAsync()
    {
        Assert.Equal(0, House.Get<RecountStore>().Drift(House.Campaign.Id));
        var figures = Signers.Figures();
        var rows = figures.Countries.Sum(country => country.Buckets[SignatureState.Confirmed]);
        Assert.Equal((5, 1, 0), (rows, figures.WithoutSignature, figures.Unsealed));
        var campaign = House.Get<CampaignStore>().Find(CampaignFixture.Slug)!;
        Assert.Equal(6, (await House.Get<LiveCounts>().OfAsync(campaign)).Confirmed);
        Assert.Equal(
            figures.WithoutSignature,
            House.Query(connection =>
                connection.QuerySingle<long>(
                    "SELECT count(*) FROM ledger_entries WHERE kind = 'add' AND removed = 0 AND signature_id IS NULL"
                )
            )
        );
    }

    private void AssertHonest()
    {
        var replay = new LedgerReplay();
        foreach (var line in House.Lines())
            Assert.Null(replay.Add(line));
        var head = House.Ledger.GetHead(House.Campaign.Id);
        Assert.Equal(head.Root, Convert.ToHexStringLower(replay.Root()));
        Assert.Equal(TreeHead.CountsText(replay.Counts), TreeHead.CountsText(head.Counts));
        foreach (var size in Signers.Heads().Keys)
        {
            var signed = TreeHead.Parse(
                Jws.Verify(House.Ledger.FindHead(House.Campaign.Id, size)!.Jws, JwkSet.Parse(House.PublishedKeys())!)!
            )!;
            var some = new LedgerReplay();
            foreach (var line in House.Lines().Take((int)size))
                Assert.Null(some.Add(line));
            Assert.Equal(
                (size, Convert.ToHexStringLower(some.Root()), TreeHead.CountsText(some.Counts)),
                (signed.Size, signed.Root, TreeHead.CountsText(signed.Counts))
            );
        }
    }

    private void AssertReceipt(string name)
    {
        var receipt = House.Get<MySignatureStore>().FindReceipt(House.Link(LinkPurpose.Manage, Signers[name])).Value!;
        var line = LedgerLine.Parse(House.Lines()[(int)receipt.Proof.N])!;
        Assert.Equal(receipt.Commitment, line.Commitment);
        Assert.True(
            MerkleTree.Verify(
                line.LeafHash(),
                receipt.Proof.N,
                receipt.Proof.Size,
                [.. receipt.Proof.Path.Select(Convert.FromHexString)],
                Convert.FromHexString(House.Ledger.GetHead(House.Campaign.Id).Root)
            )
        );
    }
}
