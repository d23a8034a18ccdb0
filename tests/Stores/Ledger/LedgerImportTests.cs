using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Ledger;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Stores.Ledger;

/// <summary>
/// A backup that is older than the published ledger, and the import of the published lines into it.
/// </summary>
public sealed class LedgerImportTests : RestoreScenarioTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Import_reproduces_everything_that_happened_after_the_backup(
        bool servedBefore,
        bool onlyWhatIsMissing
    )
    {
        await Signers.ActBeforeBackupAsync();
        await Fixture.BackUpAsync();
        await Signers.ActAfterBackupAsync();
        var published = Fixture.Lines();
        var heads = Signers.Heads();
        var confirmedOn = Fixture.Clock.GetUtcNow().UtcDateTime.Date;

        // A server may run before the import. It then replays the journal on rows whose lines are still unknown.
        await Fixture.RestoreAsync(servedBefore);
        var known = Fixture.Lines().Count;
        Assert.InRange(known, 5, published.Count - 10);
        if (servedBefore)
            Assert.Equal(0, Signers.Figures().WithoutSignature);
        var done = await Signers.ImportAsync(published.Skip(onlyWhatIsMissing ? known : 0));
        Assert.Equal((known, published.Count, 1), (done.From, done.Size, done.WithoutSignature));
        Assert.Equal(servedBefore ? 2 : 4, done.Confirmed);

        await Fixture.RestartAsync();
        Assert.Empty(Fixture.Get<SealingSuspensions>().Reasons);
        Assert.Equal(published, Fixture.Lines());
        Assert.Equal(heads, Signers.Heads());
        await Signers.ConfirmAsync("new");
        await Fixture.SealAllAsync();
        AssertStates();
        Assert.Equal(published, Fixture.Lines().Take(published.Count));
        var after = Fixture.Lines().Skip(published.Count).Select(line => LedgerLine.Parse(line)!).ToList();
        // Removals after the last published head: once each, in random order.
        Assert.Equal(
            ["add", "remove", "remove", "remove", "remove"],
            after.Select(line => line.Type).Order(StringComparer.Ordinal)
        );
        Assert.Equal(published.Count + after.Count, Fixture.Ledger.GetHead(Fixture.Campaign.Id).Size);
        Signers.AssertLedgerIsValid();
        await AssertCountsAsync();
        foreach (var name in (string[])["sealed", "queued", "pending", "held", "new"])
            Signers.AssertReceipt(name);
        Assert.Equal(
            1,
            Fixture.Query(connection =>
                connection.QuerySingle<long>(
                    "SELECT count(*) FROM signatures WHERE id = @id AND confirmed_at / 86400000 = @day",
                    new { id = Signers["pending"], day = (confirmedOn - DateTime.UnixEpoch).Days }
                )
            )
        );

        // No temporary rows are left.
        Assert.Equal(0, Fixture.Query(connection => connection.QuerySingle<long>("SELECT count(*) FROM ledger_queue")));
        Assert.Equal(
            0,
            Fixture.Query(connection =>
                connection.QuerySingle<long>("SELECT count(*) FROM campaigns WHERE ledger_behind = 1")
            )
        );
        var again = await Signers.ImportAsync(published);
        Assert.Equal(again.From, again.Size);
        await Fixture.RestartAsync();
        AssertStates();
        await AssertCountsAsync();
        Assert.Single(
            Fixture.Query(connection => connection.Query("SELECT * FROM audit WHERE action = 'ledger.import'").ToList())
        );
    }

    [Fact]
    public async Task Possibly_confirmed_signatures_do_not_expire_before_the_import()
    {
        await Signers.ConfirmAsync("early");
        var id = await Fixture.SignAsync("pending@example.org");
        await Fixture.BackUpAsync();
        var link = Fixture.Link(LinkPurpose.Confirm, id);
        Assert.Null((await Fixture.Get<ConfirmationStore>().ConfirmAsync(link)).Refusal);
        await Fixture.SealAllAsync();
        var published = Fixture.Lines();
        await Fixture.RestoreAsync();
        Fixture.Clock.Advance(TimeSpan.FromDays(30));
        Assert.DoesNotContain(Fixture.Campaign.Id, Fixture.Get<ExpiryStore>().ListCampaigns());
        Assert.Equal(1, (await Signers.ImportAsync(published)).Confirmed);
        Assert.Contains(Fixture.Campaign.Id, Fixture.Get<ExpiryStore>().ListCampaigns());
        Assert.Equal(0, Fixture.Get<RecountStore>().Drift(Fixture.Campaign.Id));
    }

    // A start on another machine, with a journal copied there by mistake, suspended sealing.
    [Fact]
    public async Task Sealing_suspended_by_another_process_resumes_after_an_empty_import()
    {
        await Signers.ConfirmAsync("early");
        await Fixture.SealAllAsync();
        await Fixture.Database.Writes.RunAsync(write =>
            write.Connection.Execute("UPDATE campaigns SET ledger_behind = 1")
        );
        await Signers.ConfirmAsync("late");
        var known = Fixture.Lines();
        for (var tries = 0; tries < 3; tries++)
            await Fixture.SealAllAsync();
        Assert.Equal(known, Fixture.Lines());
        Assert.Single(Fixture.Log.Lines, line => line.Event == LedgerRecovery.SealingStopped);
        Assert.Equal([(Fixture.Campaign.Id, CampaignFixture.Slug)], Fixture.Ledger.FindBehind());

        var done = await Signers.ImportAsync(known);
        Assert.Equal((known.Count, known.Count), (done.From, done.Size));
        Assert.Empty(Fixture.Ledger.FindBehind());
        await Fixture.SealAllAsync();
        Assert.Equal(known.Count + 1, Fixture.Lines().Count);
    }

    [Fact]
    public async Task Heads_and_entries_of_all_journals_prove_the_lines_together()
    {
        await Signers.ActBeforeBackupAsync();
        await Fixture.BackUpAsync();
        await Signers.ActAfterBackupAsync();
        var published = Fixture.Lines();
        // Several machines took turns at publishing heads and at serving requests. Their files are not the one that
        // this database knows.
        Fixture.WithoutJournal = true;
        await Fixture.RestoreAsync(serving: false, alsoDo: data =>
        {
            var lines = File.ReadAllLines(Fixture.JournalFile);
            for (var machine = 0; machine < 3; machine++)
                File.WriteAllLines(
                    Path.Combine(data, $"journal-of-{machine}.jsonl"),
                    lines.Where((_, place) => place % 3 == machine)
                );
            File.WriteAllText(Fixture.JournalFile, "");
        });
        Assert.Equal(published.Count, (await Signers.ImportAsync(published)).Size);
        await Fixture.RestartAsync();
        Assert.Equal(published, Fixture.Lines());
        await Signers.ConfirmAsync("new");
        await Fixture.SealAllAsync();
        AssertStates();
        Signers.AssertLedgerIsValid();
        await AssertCountsAsync();
    }

    [Fact]
    public async Task Published_removal_is_applied_even_without_its_journal_entry()
    {
        foreach (var name in (string[])["stays", "withdraws", "struck"])
            await Signers.ConfirmAsync(name);
        await Fixture.BackUpAsync();
        await Fixture.SealAllAsync();
        await Fixture.WithdrawAsync(Signers["withdraws"]);
        Assert.Null(
            await Fixture
                .Get<ModerationStore>()
                .InvalidateAsync(Fixture.Campaign, Signers["struck"], "spam", Actor.Operator)
        );
        await Fixture.SealAllAsync();
        var published = Fixture.Lines();
        Fixture.WithoutJournal = true;
        await Fixture.RestoreAsync(serving: false, alsoDo: _ =>
            File.WriteAllLines(
                Fixture.JournalFile,
                File.ReadAllLines(Fixture.JournalFile)
                    .Where(line => line.Contains("\"head\"", StringComparison.Ordinal))
            )
        );

        await Signers.ImportAsync(published);
        Assert.Equal(
            ["confirmed", "withdrawn", "invalidated"],
            ((string[])["stays", "withdraws", "struck"]).Select(Signers.State)
        );
        await Fixture.RestartAsync();
        await Fixture.SealAllAsync();
        Assert.Equal(published, Fixture.Lines());
        Assert.Equal(0, Fixture.Get<RecountStore>().Drift(Fixture.Campaign.Id));
        Assert.Equal(0, Signers.Figures().WithoutSignature);
    }

    [Fact]
    public async Task Signer_who_signs_again_before_the_import_is_counted_once()
    {
        await Signers.ActBeforeBackupAsync();
        await Fixture.BackUpAsync();
        await Signers.ActAfterBackupAsync();
        var published = Fixture.Lines();
        await Fixture.RestoreAsync();
        // Pending in the backup, confirmed and published afterwards. The new signing gets another commitment.
        await Fixture.SignAsync("pending@example.org", "NO", name: "Kari Corrected");
        Assert.Null(
            (
                await Fixture
                    .Get<ConfirmationStore>()
                    .ConfirmAsync(Fixture.Link(LinkPurpose.Confirm, Signers["pending"], generation: 1))
            ).Refusal
        );
        await Signers.ImportAsync(published);
        await Fixture.RestartAsync();
        await Fixture.SealAllAsync();
        Assert.Equal(0, Fixture.Get<RecountStore>().Drift(Fixture.Campaign.Id));
        Assert.Equal(1, Signers.Figures().WithoutSignature);
        Assert.Equal(5, (await Fixture.Get<LiveCounts>().OfAsync(Fixture.Campaign)).Confirmed);
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
                    Fixture.Query(connection =>
                        connection.QuerySingle<long>(
                            "SELECT count(*) FROM ledger_entries WHERE signature_id = @id",
                            new { id }
                        )
                    )
                );
        }
    }

    /// <summary>
    /// Counters match the rows, public counts match the ledger, and they differ by exactly the lost
    /// signatures.
    /// </summary>
    private async Task AssertCountsAsync()
    {
        Assert.Equal(0, Fixture.Get<RecountStore>().Drift(Fixture.Campaign.Id));
        var figures = Signers.Figures();
        var rows = figures.Countries.Sum(country => country.Buckets[SignatureState.Confirmed]);
        Assert.Equal((5, 1, 0), (rows, figures.WithoutSignature, figures.Unsealed));
        var campaign = Fixture.Get<CampaignStore>().Find(CampaignFixture.Slug)!;
        Assert.Equal(6, (await Fixture.Get<LiveCounts>().OfAsync(campaign)).Confirmed);
        Assert.Equal(
            figures.WithoutSignature,
            Fixture.Query(connection =>
                connection.QuerySingle<long>(
                    "SELECT count(*) FROM ledger_entries WHERE kind = 'add' AND removed = 0 AND signature_id IS NULL"
                )
            )
        );
    }
}
