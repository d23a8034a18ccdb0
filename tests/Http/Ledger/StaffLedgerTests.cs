using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;
using Campaigns.Worker.Counts;

namespace Campaigns.Tests.Http.Ledger;

public sealed class StaffLedgerTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private string Path => $"/api/staff/campaigns/{shared.Slug}/ledger";

    [Fact]
    public async Task Verification_compares_the_newest_head_with_its_lines_and_is_audited()
    {
        await shared.Server.SignAndConfirmAsync(shared.Slug, CampaignServer.Signature("kari@example.org"));
        await CampaignServer.UntilAsync(async () => (long)(await ReadAsync())["head"]!["size"]! > 0, "not sealed");
        var head = await shared.Server.GetJsonAsync($"/api/campaigns/{shared.Slug}/ledger/head");
        var before = await ReadAsync();
        Assert.Equal((string)head["root"]!, (string)before["head"]!["root"]!);
        Assert.Equal(0, (long)before["quarantined"]!);
        Assert.False((bool)before["behind"]!);

        using var auditor = await shared.Server.StaffAsync(Role.Auditor);
        await CampaignServer.Expect(202, await auditor.PostAsync(Path + "/verify", null));
        await CampaignServer.UntilAsync(async () => (await ReadAsync())["verification"] is not null, "not verified");
        var verified = (await ReadAsync())["verification"]!;
        Assert.Equal("agrees", (string)verified["result"]!);
        Assert.Equal((long)head["size"]!, (long)verified["size"]!);
        Assert.Equal("Test", (string)verified["staff"]!);
        var line = Assert.Single(await shared.Staff.ListAsync("/api/staff/audit?action=ledger.verify"))!;
        Assert.Equal($"{head["size"]} agrees", (string)line["detail"]!);
    }

    [Fact]
    public async Task Last_recount_is_shown_with_its_result()
    {
        await shared.Server.RunAsync<RecountJob>();
        Assert.Equal(0, (long)(await ReadAsync())["recount"]!["drift"]!);
    }

    private async Task<JsonObject> ReadAsync() => await (await shared.Staff.GetAsync(Path)).BodyAsync();
}
