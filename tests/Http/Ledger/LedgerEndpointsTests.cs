using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Crypto;
using Campaigns.Db.Campaigns;
using Campaigns.Db.Keys;
using Campaigns.Db.Signatures;
using Campaigns.Ledger;
using Campaigns.Tests.Infrastructure;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Ledger;

public sealed class LedgerEndpointsTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        _slug = await _server.OpenCampaignAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Head_of_a_new_campaign_is_signed_and_empty()
    {
        var head = await HeadAsync();
        Assert.Equal(0, (long)head["size"]!);
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", (string)head["root"]!);
        Assert.Empty(await LinesAsync(""));
    }

    [Fact]
    public async Task Head_lines_and_proofs_agree_and_the_receipt_matches_a_line()
    {
        var ids = await SignAsync(9);
        var head = await SealedAsync(9);

        var lines = await LinesAsync("");
        var replay = new LedgerReplay();
        foreach (var line in lines)
            Assert.Null(replay.Add(line));
        Assert.Equal((string)head["root"]!, Convert.ToHexStringLower(replay.Root()));
        Assert.Equal(9, (long)head["counts"]!["GB"]!);

        for (var n = 0; n < 9; n++)
        {
            var proof = await _server.GetJsonAsync(Path($"/entries/{n}/proof"));
            Assert.Equal(
                Convert.ToHexStringLower(MerkleTree.Leaf(Encoding.UTF8.GetBytes(lines[n]))),
                (string)proof["leafHash"]!
            );
            AssertLeads(proof, (string)head["root"]!);
        }
        var smaller = await _server.GetJsonAsync(Path("/entries/2/proof?size=5"));
        var root = new CompactRange();
        foreach (var line in lines.Take(5))
            root.Add(MerkleTree.Leaf(Encoding.UTF8.GetBytes(line)));
        AssertLeads(smaller, Convert.ToHexStringLower(root.Root()));

        using var mine = _server.WithBearer(
            _server.Services.GetRequiredService<KeyRing>().Tokens.Write(LinkPurpose.Manage, CampaignId, ids[3], 0)
        );
        var receipt = (await mine.GetFromJsonAsync<JsonObject>("/api/my/signature/receipt"))!;
        string[] keys =
        [
            "campaign",
            "n",
            "key",
            "textHash",
            "country",
            "email",
            "commitment",
            "leafHash",
            "headJws",
            "proof",
        ];
        Assert.Equal(keys, receipt.Select(pair => pair.Key));
        var commitment = Commitment.Compute(
            Convert.FromHexString((string)receipt["key"]!),
            _slug,
            (string)receipt["textHash"]!,
            (string)receipt["country"]!,
            (string)receipt["email"]!
        );
        Assert.Equal(Convert.ToHexStringLower(commitment), (string)receipt["commitment"]!);
        Assert.Equal(LedgerLine.OfAdd((long)receipt["n"]!, "GB", commitment).Text, lines[(int)receipt["n"]!]);
        Assert.Equal("s3@example.org", (string)receipt["email"]!);
    }

    [Fact]
    public async Task Receipt_before_sealing_is_409()
    {
        await using var slow = await CampaignServer.StartAsync(settings: "--Ledger:MinBatch=20");
        await slow.OpenCampaignAsync(_slug);
        var id = await SignAsync(slow, _slug, "kari@example.org");
        var campaign = slow.Services.GetRequiredService<CampaignStore>().Find(_slug)!;
        using var mine = slow.WithBearer(
            slow.Services.GetRequiredService<KeyRing>().Tokens.Write(LinkPurpose.Manage, campaign.Id, id, 0)
        );
        var answer = await mine.GetAsync("/api/my/signature/receipt");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(
            "urn:campaign:not-yet-sealed",
            (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["type"]!
        );
    }

    [Fact]
    public async Task Line_ranges_end_at_the_head()
    {
        await SignAsync(6);
        await SealedAsync(6);
        var all = await LinesAsync("");
        Assert.Equal(6, all.Count);
        Assert.Equal(all[2..4], await LinesAsync("?from=2&to=4"));
        Assert.Equal(all[4..], await LinesAsync("?from=4&to=99"));
        Assert.Equal(all[..1], await LinesAsync("?to=1"));
        Assert.Empty(await LinesAsync("?from=6"));
        Assert.Empty(await LinesAsync("?from=4&to=2"));
    }

    [Theory]
    [InlineData("/head?size=x", 400, "size")]
    [InlineData("/head?size=-1", 400, "size")]
    [InlineData("/head?size=1", 404, null)]
    [InlineData("?from=-1", 400, "from")]
    [InlineData("?to=1.5", 400, "to")]
    [InlineData("/entries/x/proof", 400, "n")]
    [InlineData("/entries/-1/proof", 400, "n")]
    [InlineData("/entries/0/proof", 404, null)]
    [InlineData("/entries/0/proof?size=", 400, "size")]
    [InlineData("/entries/0/proof?size=5", 404, null)]
    [InlineData("/entries/99999999999999999999/proof", 400, "n")]
    public async Task Missing_and_non_numeric_parameters_are_refused(string path, int status, string? field)
    {
        var answer = await CampaignServer.Expect(status, await _server.Http.GetAsync(Path(path)));
        var problem = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        if (field is null)
            Assert.Equal("urn:campaign:not-found", (string)problem["type"]!);
        else
            Assert.NotNull(problem["errors"]![field]);
    }

    [Fact]
    public async Task Drafts_have_no_ledger_and_any_origin_may_read_other_ledgers()
    {
        using var staff = await _server.StaffAsync();
        var draft = Example.Campaign();
        draft["slug"] = "still-a-draft";
        await CampaignServer.Expect(201, await staff.PostAsJsonAsync("/api/staff/campaigns", draft));
        foreach (var path in (string[])["/head", "", "/entries/0/proof"])
            await CampaignServer.Expect(404, await _server.Http.GetAsync($"/api/campaigns/still-a-draft/ledger{path}"));

        using var request = new HttpRequestMessage(HttpMethod.Get, Path("/head"));
        request.Headers.Add("Origin", "https://elsewhere.example");
        var answer = await _server.Http.SendAsync(request);
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Immutable_responses_are_cacheable_and_others_are_revalidated()
    {
        await SignAsync(3);
        await SealedAsync(3);
        var newest = await _server.Http.GetAsync(Path("/head"));
        Assert.True(newest.Headers.CacheControl!.NoCache);
        using var again = new HttpRequestMessage(HttpMethod.Get, Path("/head"));
        again.Headers.IfNoneMatch.Add(newest.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await _server.Http.SendAsync(again)).StatusCode);

        foreach (var path in (string[])["/head?size=3", "?from=0&to=3", "/entries/1/proof?size=3"])
            Assert.Equal(
                TimeSpan.FromDays(365),
                (await _server.Http.GetAsync(Path(path))).Headers.CacheControl!.MaxAge
            );
        Assert.True((await _server.Http.GetAsync(Path("?from=0&to=4"))).Headers.CacheControl!.NoCache);
    }

    [Fact]
    public async Task Tag_of_lines_and_proofs_holds_the_root()
    {
        await SignAsync(3);
        await SealedAsync(3);
        var root = (string)(await _server.GetJsonAsync(Path("/head")))["root"]!;
        foreach (var path in (string[])["", "?from=1", "?from=0&to=3", "/entries/1/proof", "/entries/1/proof?size=3"])
            Assert.Contains(
                root[..16],
                (await _server.Http.GetAsync(Path(path))).Headers.ETag!.Tag,
                StringComparison.Ordinal
            );
        // Every size has its root, also one without a signed head.
        var smaller = (await _server.Http.GetAsync(Path("?from=0&to=2"))).Headers.ETag!.Tag;
        Assert.DoesNotContain(root[..16], smaller, StringComparison.Ordinal);
        Assert.Matches("^\"0-2-[0-9a-f]{16}\"$", smaller);
    }

    private long CampaignId => _server.Services.GetRequiredService<CampaignStore>().Find(_slug)!.Id;

    private string Path(string rest) => $"/api/campaigns/{_slug}/ledger{rest}";

    private static void AssertLeads(JsonObject proof, string root) =>
        Assert.True(
            MerkleTree.Verify(
                Convert.FromHexString((string)proof["leafHash"]!),
                (long)proof["n"]!,
                (long)proof["size"]!,
                [.. proof["path"]!.AsArray().Select(hash => Convert.FromHexString((string)hash!))],
                Convert.FromHexString(root)
            )
        );

    private async Task<JsonObject> HeadAsync()
    {
        var head = await _server.GetJsonAsync(Path("/head"));
        var keys = JwkSet.Parse(await _server.Http.GetByteArrayAsync("/api/keys"))!;
        var signed = TreeHead.Parse(Jws.Verify((string)head["jws"]!, keys))!;
        Assert.Equal((signed.Campaign, signed.Size, signed.Root), (_slug, (long)head["size"]!, (string)head["root"]!));
        Assert.Equal(Instant.Text(signed.SealedAt), (string)head["sealedAt"]!);
        Assert.Equal(TreeHead.CountsText(signed.Counts), head["counts"]!.ToJsonString());
        return head;
    }

    private async Task<JsonObject> SealedAsync(long size)
    {
        await CampaignServer.UntilAsync(
            async () => (long)(await _server.GetJsonAsync(Path("/head")))["size"]! >= size,
            $"no head of size {size}"
        );
        return await HeadAsync();
    }

    private async Task<List<string>> LinesAsync(string query)
    {
        var answer = await CampaignServer.Expect(200, await _server.Http.GetAsync(Path(query)));
        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType!.MediaType);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(text.Length == 0 || text.EndsWith('\n'));
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private async Task<List<long>> SignAsync(int count)
    {
        var ids = new List<long>();
        for (var i = 0; i < count; i++)
            ids.Add(await SignAsync(_server, _slug, $"s{i}@example.org"));
        return ids;
    }

    private static async Task<long> SignAsync(CampaignServer server, string slug, string email)
    {
        var campaign = server.Services.GetRequiredService<CampaignStore>().Find(slug)!;
        var signature = Example.Signature(campaign, email);
        await server.Services.GetRequiredService<SigningStore>().SignAsync(campaign, signature, null);
        using var connection = server.Services.GetRequiredService<Db.Database>().Read();
        var id = connection.QuerySingle<long>("SELECT max(id) FROM signatures");
        var link = server.Services.GetRequiredService<KeyRing>().Tokens.Write(LinkPurpose.Confirm, campaign.Id, id, 0);
        Assert.Null((await server.Services.GetRequiredService<ConfirmationStore>().ConfirmAsync(link)).Refusal);
        return id;
    }
}
