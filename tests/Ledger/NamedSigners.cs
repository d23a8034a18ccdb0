using System.Text;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Counts;
using Campaigns.Db.Keys;
using Campaigns.Db.Ledger;
using Campaigns.Db.Signatures;
using Campaigns.Db.Staff;
using Campaigns.Signatures;
using Dapper;

namespace Campaigns.Tests.Ledger;

/// <summary>People who are known by what befalls them before and after a backup, and what became of them.</summary>
internal sealed class NamedSigners(OneCampaign house)
{
    private readonly Dictionary<string, long> _ids = new(StringComparer.Ordinal);

    /// <summary>Name to id.</summary>
    public IReadOnlyDictionary<string, long> Ids => _ids;

    public long this[string name] => _ids[name];

    /// <summary>What a backup knows: everybody but those who are lost with it.</summary>
    public async Task LiveBeforeAsync()
    {
        foreach (var name in (string[])["sealed", "sealed-withdrawn", "sealed-erased", "sealed-struck", "sealed-then-queued"]) await ConfirmAsync(name);
        await house.SealAllAsync();
        await house.WithdrawAsync(_ids["sealed-then-queued"]);
        foreach (var name in (string[])["queued", "queued-withdrawn", "queued-erased", "queued-erased-late", "queued-withdrawn-late"]) await ConfirmAsync(name);
        foreach (var name in (string[])["pending", "pending-erased", "pending-erased-late", "never"]) _ids[name] = await house.SignAsync(name + "@example.org", "NO");
        await ConfirmAsync("held", held: true);
    }

    /// <summary>What only the journal and the published ledger know.</summary>
    public async Task LiveAfterAsync()
    {
        house.Clock.Advance(TimeSpan.FromDays(1));
        foreach (var name in (string[])["pending", "pending-erased", "pending-erased-late"])
            Assert.Null((await house.Get<ConfirmationStore>().ConfirmAsync(house.Link(LinkPurpose.Confirm, _ids[name]))).Refusal);
        Assert.Null(await house.Get<ModerationStore>().ReleaseAsync(house.Campaign, _ids["held"], Actor.Operator));
        await ConfirmAsync("lost");
        await house.SealAllAsync();
        await house.WithdrawAsync(_ids["sealed-withdrawn"]);
        await house.WithdrawAsync(_ids["queued-withdrawn"]);
        foreach (var name in (string[])["sealed-erased", "queued-erased", "pending-erased"]) await house.EraseAsync(_ids[name]);
        await house.SealAllAsync();
        // These reach the journal, and no published line.
        await house.EraseAsync(_ids["queued-erased-late"]);
        await house.EraseAsync(_ids["pending-erased-late"]);
        await house.WithdrawAsync(_ids["queued-withdrawn-late"]);
        Assert.Null(await house.Get<ModerationStore>().InvalidateAsync(house.Campaign, _ids["sealed-struck"], "spam", Actor.Operator));
        _ids.Remove("lost");
    }

    public async Task ConfirmAsync(string name, bool held = false)
    {
        var id = _ids[name] = await house.SignAsync(name + "@example.org", name.Contains("queued", StringComparison.Ordinal) ? "NL" : "GB");
        if (held)
        {
            await house.Database.Writes.RunAsync(write =>
            {
                write.Count(house.Campaign.Id, "GB", SignatureState.Pending, -1);
                write.Count(house.Campaign.Id, "GB", SignatureState.Held, 1);
                return write.Connection.Execute("UPDATE signatures SET hold_reason = 'network' WHERE id = @id", new { id });
            });
        }
        Assert.Null((await house.Get<ConfirmationStore>().ConfirmAsync(house.Link(LinkPurpose.Confirm, id))).Refusal);
    }

    public StaffCounts Figures() => house.Get<CountStore>().ForStaff(house.Get<CampaignStore>().Find(OneCampaign.Slug)!, null);

    public string State(string name) => house.Query(connection => connection.QuerySingle<string>("SELECT state FROM signatures WHERE id = @id", new { id = _ids[name] }));

    public Dictionary<long, string> Heads() => house.Query(connection =>
        connection.Query<(long Size, string Root)>("SELECT size, root FROM ledger_heads WHERE campaign_id = @Id AND journaled = 1", new { house.Campaign.Id }).ToDictionary(head => head.Size, head => head.Root));

    public Task<LedgerImported> ImportAsync(IEnumerable<string> lines)
    {
        var file = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n"))));
        return house.Get<LedgerImport>().ImportAsync(house.Campaign, file);
    }
}

/// <summary>One campaign and its named signers, anew for every test.</summary>
public abstract class NamedSignersTests : IAsyncLifetime
{
    private protected OneCampaign House { get; private set; } = null!;

    private protected NamedSigners Signers { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        House = await new OneCampaign(minBatch: 5).StartAsync();
        Signers = new(House);
    }

    public async Task DisposeAsync() => await House.DisposeAsync();
}
