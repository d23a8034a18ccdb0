using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Packets;

/// <summary>Packets as staff ask for them: what is refused, lowered and told.</summary>
public sealed class StaffPacketTests(SharedServer fixture) : IClassFixture<SharedServer>
{
    private string Path => $"/api/staff/campaigns/{fixture.Slug}/packets";

    [Theory]
    [InlineData("{}", "recipient")]
    [InlineData("""{"recipient":17}""", "recipient")]
    [InlineData("""{"recipient":"nobody"}""", "recipient")]
    [InlineData("""{"recipient":"embassy-london","countries":"GB"}""", "countries")]
    [InlineData("""{"recipient":"embassy-london","countries":[1]}""", "countries[0]")]
    [InlineData("""{"recipient":"embassy-london","countries":[]}""", "countries")]
    [InlineData("""{"recipient":"embassy-london","countries":["NL"]}""", "countries")]
    [InlineData("""{"recipient":"embassy-london","countries":["XX"]}""", "countries")]
    [InlineData("""{"recipient":"embassy-london","disclosure":"all"}""", "disclosure")]
    [InlineData("""{"recipient":"embassy-london","disclosure":1}""", "disclosure")]
    [InlineData("""{"recipient":"embassy-london","locale":"fr"}""", "locale")]
    [InlineData("""{"recipient":"embassy-london","locale":{}}""", "locale")]
    [InlineData("""{"recipient":"embassy-london","cutOff":"0"}""", "cutOff")]
    [InlineData("""{"recipient":"embassy-london","cutOff":-1}""", "cutOff")]
    [InlineData("""{"recipient":"embassy-london","cutOff":0.5}""", "cutOff")]
    [InlineData("""{"recipient":"embassy-london","cutOff":12345}""", "cutOff")]
    [InlineData("""{"recipient":"embassy-london","include":"csv"}""", "include")]
    [InlineData("""{"recipient":"embassy-london","include":["xlsx"]}""", "include[0]")]
    [InlineData("""{"recipient":"embassy-london","include":["csv"]}""", "include")]
    public async Task What_cannot_be_is_named(string body, string path) =>
        await (await OrderAsync(body)).RefusesFieldsAsync(path);

    [Fact]
    public async Task What_is_no_JSON_is_refused()
    {
        await (await OrderAsync("{")).ProblemAsync(400, "malformed-body");
        await (await OrderAsync(new string(' ', 20_000))).ProblemAsync(413, "body-too-large");
        await (await fixture.Staff.PostAsync(Path, HttpAnswers.Json("{}", "text/plain"))).ProblemAsync(
            415,
            "media-type"
        );
    }

    [Fact]
    public async Task A_missing_disclosure_is_count_and_a_higher_one_is_lowered_not_refused()
    {
        foreach (
            var (asked, given) in ((string?, string)[])
                [(null, "count"), ("count", "count"), ("initials", "initials"), ("name", "initials")]
        )
        {
            var body = new JsonObject { ["recipient"] = "embassy-london" };
            if (asked is not null)
                body["disclosure"] = asked;
            var answer = await CampaignServer.Expect(202, await OrderAsync(body.ToJsonString()));
            var packet = await answer.BodyAsync();
            Assert.Equal($"/api/staff/packets/{packet["id"]}", answer.Headers.Location?.ToString());
            Assert.Equal(
                (given, asked ?? "count"),
                ((string)packet["disclosure"]!, (string)packet["disclosureAsked"]!)
            );
        }
    }

    [Fact]
    public async Task Countries_default_to_the_recipients_an_organisers_own_among_them()
    {
        async Task<string> CountriesAsync(HttpClient who, string recipient) =>
            (
                await (
                    await CampaignServer.Expect(
                        202,
                        await who.PostAsJsonAsync(Path, new { recipient, countries = (string[]?)null })
                    )
                ).BodyAsync()
            )["countries"]!.ToJsonString();
        Assert.Equal("""["GB"]""", await CountriesAsync(fixture.Staff, "embassy-london"));
        Assert.Contains("\"ZZ\"", await CountriesAsync(fixture.Staff, "president"), StringComparison.Ordinal);
        using var organiser = await fixture.Server.StaffAsync(Role.Organiser, "NL", "NO");
        Assert.Equal(
            ["NL", "NO"],
            JsonNode
                .Parse(await CountriesAsync(organiser, "president"))!
                .AsArray()
                .Select(country => (string)country!)
                .Order(StringComparer.Ordinal)
        );
        await (await organiser.PostAsJsonAsync(Path, new { recipient = "embassy-london" })).RefusesFieldsAsync(
            "countries"
        );
    }

    [Fact]
    public async Task A_packet_tells_exactly_what_the_contract_says_and_its_file_comes_in_ranges()
    {
        await fixture.Server.SignAndConfirmAsync(
            fixture.Slug,
            CampaignServer.Signature("packet@example.org", country: "GB")
        );
        await CampaignServer.UntilAsync(
            async () =>
                (long)(await fixture.Server.GetJsonAsync($"/api/campaigns/{fixture.Slug}/ledger/head"))["size"]! > 0,
            "not sealed"
        );
        var location = (
            await CampaignServer.Expect(202, await OrderAsync("""{"recipient":"embassy-london","disclosure":"name"}"""))
        )
            .Headers
            .Location!;
        JsonObject packet = null!;
        await CampaignServer.UntilAsync(
            async () =>
                (string?)(packet = await (await fixture.Staff.GetAsync(location)).BodyAsync())["status"] == "ready",
            "the packet is not ready"
        );
        foreach (
            var field in (string[])
                [
                    "id",
                    "status",
                    "progress",
                    "signatures",
                    "disclosure",
                    "disclosureAsked",
                    "cutOff",
                    "files",
                    "attempts",
                    "answerDue",
                    "answer",
                ]
        )
            Assert.True(packet.ContainsKey(field), field);
        Assert.Equal(["done", "total"], packet["progress"]!.AsObject().Select(field => field.Key));
        Assert.Equal(["size", "root"], packet["cutOff"]!.AsObject().Select(field => field.Key));
        Assert.All(packet["files"]!.AsArray(), file =>
            Assert.Equal(["name", "bytes", "sha256"], file!.AsObject().Select(field => field.Key))
        );
        Assert.Equal(1, (int)packet["signatures"]!);

        var whole = await CampaignServer.Expect(200, await fixture.Staff.GetAsync(location + "/file"));
        var bytes = await whole.Content.ReadAsByteArrayAsync();
        Assert.Equal("application/zip", whole.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", whole.Headers.CacheControl?.ToString());
        foreach (
            var (from, to) in ((long?, long?)[])
                [(0, 0), (1, 100), (bytes.Length - 7, null), (null, 5), (0, bytes.Length - 1)]
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, location + "/file");
            request.Headers.Range = new RangeHeaderValue(from, to);
            var part = await CampaignServer.Expect(206, await fixture.Staff.SendAsync(request));
            var range = part.Content.Headers.ContentRange!;
            Assert.Equal(
                bytes[(int)range.From!.Value..(int)(range.To!.Value + 1)],
                await part.Content.ReadAsByteArrayAsync()
            );
        }
        using var beyond = new HttpRequestMessage(HttpMethod.Get, location + "/file");
        beyond.Headers.Range = new RangeHeaderValue(bytes.Length, null);
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, (await fixture.Staff.SendAsync(beyond)).StatusCode);

        // No worker builds a packet that the database says is failed: its file is not ready. A stale one is gone.
        foreach (
            var (status, code, refusal) in ((string, int, string)[])
                [("failed", 409, "packet-not-ready"), ("stale", 410, "packet-stale")]
        )
        {
            await fixture.Server.WriteAsync(
                "UPDATE packets SET status = @status WHERE id = @id",
                new { status, id = long.Parse((string)packet["id"]!, CultureInfo.InvariantCulture) }
            );
            await (await fixture.Staff.GetAsync(location + "/file")).ProblemAsync(code, refusal);
        }
    }

    private Task<HttpResponseMessage> OrderAsync(string body) => fixture.Staff.PostAsync(Path, HttpAnswers.Json(body));
}
