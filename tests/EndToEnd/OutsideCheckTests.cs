using Campaigns.Crypto;
using Campaigns.Db;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.EndToEnd;

/// <summary>
/// A Python program recomputes and verifies the published ledger, keys and receipts over HTTP.
/// </summary>
public sealed class OutsideCheckTests : IAsyncLifetime
{
    private const string Slug = "chechnya-2019";
    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-").FullName;
    private CampaignServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync(_folder);
        await _server.OpenCampaignAsync(Slug);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Independent_checker_accepts_the_ledger_and_detects_changes()
    {
        Assert.Equal((0, "All is true: 0 entries, {}, 0 receipts.\n"), await CheckAsync());

        var receipts = new List<string>();
        string[] countries = ["GB", "NL", "NO", "DE"];
        var ids = new List<long>();
        for (var i = 0; i < 14; i++)
            ids.Add(await SignAsync($"Пётр{i}@пример.рф", countries[i % 4]));
        await SealedAsync(14);
        await Get<MySignatureStore>().WithdrawAsync(Link(LinkPurpose.Manage, ids[0]));
        await Get<MySignatureStore>().EraseAsync(Link(LinkPurpose.Manage, ids[1]));
        await SealedAsync(16);
        foreach (var id in ids[2..5])
        {
            using var mine = _server.WithBearer(Link(LinkPurpose.Manage, id));
            receipts.Add(Path.Combine(_server.Folder, $"receipt-{id}.json"));
            await File.WriteAllBytesAsync(receipts[^1], await mine.GetByteArrayAsync("/api/my/signature/receipt"));
        }
        var (code, output) = await CheckAsync([.. receipts.SelectMany(file => new[] { "--receipt", file })]);
        Assert.Equal("All is true: 16 entries, {'GB': 3, 'NL': 3, 'NO': 3, 'ZZ': 3}, 3 receipts.\n", output);
        Assert.Equal(0, code);

        await File.WriteAllTextAsync(
            receipts[0],
            (await File.ReadAllTextAsync(receipts[0])).Replace("пётр2", "пётр3", StringComparison.Ordinal)
        );
        Assert.StartsWith(
            "FALSE: The receipt's commitment",
            (await CheckAsync("--receipt", receipts[0])).Output,
            StringComparison.Ordinal
        );

        // The checker detects a change of the published data: here the counts beside the signed ones.
        await Get<Database>()
            .Writes.RunAsync(write =>
                write.Connection.Execute("UPDATE ledger_heads SET counts = '{\"GB\":4}' WHERE size = 16")
            );
        // The head is cached, and a change outside the product does not invalidate the cache.
        await _server.DisposeAsync();
        _server = await CampaignServer.StartAsync(_folder);
        Assert.Equal((1, "FALSE: What is served as counts is not what is signed.\n"), await CheckAsync());
    }

    private T Get<T>()
        where T : notnull => _server.Services.GetRequiredService<T>();

    private Campaign Campaign => Get<CampaignStore>().Find(Slug)!;

    private string Link(LinkPurpose purpose, long id) => Get<KeyRing>().Tokens.Write(purpose, Campaign.Id, id, 0);

    private Task<(int Code, string Output)> CheckAsync(params string[] more) =>
        PythonChecker.RunAsync("check_ledger.py", [_server.Url.ToString(), Slug, .. more]);

    private async Task<long> SignAsync(string email, string country)
    {
        await Get<SigningStore>().SignAsync(Campaign, Example.Signature(Campaign, email, country), null);
        using var connection = Get<Database>().Read();
        var id = connection.QuerySingle<long>("SELECT max(id) FROM signatures");
        Assert.Null((await Get<ConfirmationStore>().ConfirmAsync(Link(LinkPurpose.Confirm, id))).Refusal);
        return id;
    }

    private Task SealedAsync(long size) =>
        CampaignServer.UntilAsync(
            async () => (long)(await _server.GetJsonAsync($"/api/campaigns/{Slug}/ledger/head"))["size"]! == size,
            $"no head of size {size}"
        );
}
