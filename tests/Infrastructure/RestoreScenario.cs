using System.Text;
using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Operations;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Ledger;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Tests.Infrastructure;

/// <summary>Signers who are named after what happens to them before and after a backup.</summary>
internal sealed class RestoreScenario(CampaignFixture fixture)
{
    private readonly Dictionary<string, long> _ids = new(StringComparer.Ordinal);

    /// <summary>The signature id of each name.</summary>
    public IReadOnlyDictionary<string, long> Ids => _ids;

    public long this[string name] => _ids[name];

    /// <summary>Creates what a backup contains: all signers except the lost ones.</summary>
    public async Task ActBeforeBackupAsync()
    {
        foreach (
            var name in (string[])["sealed", "sealed-withdrawn", "sealed-erased", "sealed-struck", "sealed-then-queued"]
        )
            await ConfirmAsync(name);
        await fixture.SealAllAsync();
        await fixture.WithdrawAsync(_ids["sealed-then-queued"]);
        foreach (
            var name in (string[])
                ["queued", "queued-withdrawn", "queued-erased", "queued-erased-late", "queued-withdrawn-late"]
        )
            await ConfirmAsync(name);
        foreach (var name in (string[])["pending", "pending-erased", "pending-erased-late", "never"])
            _ids[name] = await fixture.SignAsync(name + "@example.org", "NO");
        await ConfirmAsync("held", held: true);
    }

    /// <summary>Creates what only the journal and the published ledger contain.</summary>
    public async Task ActAfterBackupAsync()
    {
        fixture.Clock.Advance(TimeSpan.FromDays(1));
        foreach (var name in (string[])["pending", "pending-erased", "pending-erased-late"])
            Assert.Null(
                (
                    await fixture.Get<ConfirmationStore>().ConfirmAsync(fixture.Link(LinkPurpose.Confirm, _ids[name]))
                ).Refusal
            );
        Assert.Null(await fixture.Get<ModerationStore>().ReleaseAsync(fixture.Campaign, _ids["held"], Actor.Operator));
        await ConfirmAsync("lost");
        await fixture.SealAllAsync();
        await fixture.WithdrawAsync(_ids["sealed-withdrawn"]);
        await fixture.WithdrawAsync(_ids["queued-withdrawn"]);
        foreach (var name in (string[])["sealed-erased", "queued-erased", "pending-erased"])
            await fixture.EraseAsync(_ids[name]);
        await fixture.SealAllAsync();
        // These operations are in the journal, but in no published line.
        await fixture.EraseAsync(_ids["queued-erased-late"]);
        await fixture.EraseAsync(_ids["pending-erased-late"]);
        await fixture.WithdrawAsync(_ids["queued-withdrawn-late"]);
        Assert.Null(
            await fixture
                .Get<ModerationStore>()
                .InvalidateAsync(fixture.Campaign, _ids["sealed-struck"], "spam", Actor.Operator)
        );
        _ids.Remove("lost");
    }

    public async Task ConfirmAsync(string name, bool held = false)
    {
        var id = _ids[name] = await fixture.SignAsync(
            name + "@example.org",
            name.Contains("queued", StringComparison.Ordinal) ? "NL" : "GB"
        );
        if (held)
        {
            await fixture.Database.Writes.RunAsync(write =>
            {
                write.Count(fixture.Campaign.Id, "GB", SignatureState.Pending, -1);
                write.Count(fixture.Campaign.Id, "GB", SignatureState.Held, 1);
                return write.Connection.Execute(
                    "UPDATE signatures SET hold_reason = 'network' WHERE id = @id",
                    new { id }
                );
            });
        }
        Assert.Null(
            (await fixture.Get<ConfirmationStore>().ConfirmAsync(fixture.Link(LinkPurpose.Confirm, id))).Refusal
        );
    }

    public StaffCounts Figures() =>
        fixture.Get<CountStore>().ForStaff(fixture.Get<CampaignStore>().Find(CampaignFixture.Slug)!, null);

    public string State(string name) =>
        fixture.Query(connection =>
            connection.QuerySingle<string>("SELECT state FROM signatures WHERE id = @id", new { id = _ids[name] })
        );

    public Dictionary<long, string> Heads() =>
        fixture.Query(connection =>
            connection
                .Query<(long Size, string Root)>(
                    "SELECT size, root FROM ledger_heads WHERE campaign_id = @Id AND journaled = 1",
                    new { fixture.Campaign.Id }
                )
                .ToDictionary(head => head.Size, head => head.Root)
        );

    public Task<LedgerImported> ImportAsync(IEnumerable<string> lines)
    {
        var file = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        return fixture.Get<LedgerImport>().ImportAsync(fixture.Campaign, file);
    }

    /// <summary>Every published head matches the lines before it and is signed.</summary>
    public void AssertLedgerIsValid()
    {
        var replay = new LedgerReplay();
        foreach (var line in fixture.Lines())
            Assert.Null(replay.Add(line));
        var head = fixture.Ledger.GetHead(fixture.Campaign.Id);
        Assert.Equal(head.Root, Convert.ToHexStringLower(replay.Root()));
        Assert.Equal(TreeHead.CountsText(replay.Counts), TreeHead.CountsText(head.Counts));
        foreach (var size in Heads().Keys)
        {
            var keys = JwkSet.Parse(fixture.PublishedKeys())!;
            var signed = TreeHead.Parse(Jws.Verify(fixture.Ledger.FindHead(fixture.Campaign.Id, size)!.Jws, keys)!)!;
            var some = new LedgerReplay();
            foreach (var line in fixture.Lines().Take((int)size))
                Assert.Null(some.Add(line));
            Assert.Equal(
                (size, Convert.ToHexStringLower(some.Root()), TreeHead.CountsText(some.Counts)),
                (signed.Size, signed.Root, TreeHead.CountsText(signed.Counts))
            );
        }
    }

    public void AssertReceipt(string name)
    {
        var receipt = fixture.Get<MySignatureStore>().FindReceipt(fixture.Link(LinkPurpose.Manage, _ids[name])).Value!;
        var line = LedgerLine.Parse(fixture.Lines()[(int)receipt.Proof.N])!;
        Assert.Equal(receipt.Commitment, line.Commitment);
        Assert.True(
            MerkleTree.Verify(
                line.LeafHash(),
                receipt.Proof.N,
                receipt.Proof.Size,
                [.. receipt.Proof.Path.Select(Convert.FromHexString)],
                Convert.FromHexString(fixture.Ledger.GetHead(fixture.Campaign.Id).Root)
            )
        );
    }
}

/// <summary>One campaign and its named signers for each test.</summary>
public abstract class RestoreScenarioTests : IAsyncLifetime
{
    private protected CampaignFixture Fixture { get; private set; } = null!;

    private protected RestoreScenario Signers { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Fixture = await new CampaignFixture(minBatch: 5).StartAsync();
        Signers = new(Fixture);
    }

    public async Task DisposeAsync() => await Fixture.DisposeAsync();
}
