using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Db.Staff;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Packets;

/// <summary>Packet requests of staff: refusals, lowered disclosures and responses.</summary>
public sealed class StaffPacketTests(SharedServer fixture) : IClassFixture<SharedServer>
{
    private string Path => $"/api/staff/campaigns/{fixture.Slug}/packets";

    [Theory]
    [InlineData("{}", "recipient")]
    [InlineData("""{"recipient":17}""", "recipient")]
    [InlineData("""{"recipient":"unknown"}""", "recipient")]
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
    [InlineData("""{"recipient":"embassy-london","include":["ods"]}""", "include[0]")]
    [InlineData("""{"recipient":"embassy-london","include":["csv"]}""", "include[0]")]
    [InlineData("""{"recipient":"embassy-london","include":["xlsx","csv"]}""", "include[0]")]
    [InlineData("""{"recipient":"embassy-london","since":"x"}""", "since")]
    [InlineData("""{"recipient":"embassy-london","since":7}""", "since")]
    [InlineData("""{"recipient":"embassy-london","since":"17"}""", "since")]
    public async Task Invalid_request_names_the_field(string body, string path) =>
        await (await OrderAsync(body)).RefusesFieldsAsync(path);

    [Fact]
    public async Task Body_that_is_not_JSON_is_refused()
    {
        await (await OrderAsync("{")).ProblemAsync(400, "malformed-body");
        await (await OrderAsync(new string(' ', 20_000))).ProblemAsync(413, "body-too-large");
        await (await fixture.Staff.PostAsync(Path, HttpAnswers.Json("{}", "text/plain"))).ProblemAsync(
            415,
            "media-type"
        );
    }

    [Fact]
    public async Task Disclosure_defaults_to_count_and_a_higher_one_is_lowered()
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
    public async Task Countries_default_to_those_of_recipient_and_organiser()
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
    public async Task Packet_has_exactly_the_contract_fields_and_its_file_supports_ranges()
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
        await PacketOrders.ApproveAsync(fixture.Server, location.ToString().Split('/')[^1]);
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

        // A failed packet is not built again, so its file is not ready. The file of a stale packet is deleted.
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
