using System.Text;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Server;

/// <summary>
/// Input from outside that no program of ours sends. A 500 is only for defects, because it raises
/// an alarm.
/// </summary>
public sealed class MalformedInputTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int Length = 48;

    public static TheoryData<string> Tokens =>
        [
            "",
            "x",
            new string('A', Length),
            new string('A', Length - 1) + "*",
            new string('A', Length - 1) + "+",
            new string('A', Length - 1) + "/",
            new string('A', Length - 1) + "=",
            new string('A', Length - 2) + "==",
            "*" + new string('A', Length - 1),
            new string(' ', Length),
            new string('é', Length),
            new string('A', Length - 1) + "\u00a0",
            new string('A', Length - 2) + "😀",
            new string('A', Length - 1),
            new string('A', Length + 1),
            new string('A', 5_000),
        ];

    [Theory]
    [MemberData(nameof(Tokens))]
    public async Task Malformed_token_is_not_found_or_not_signed_in(string token)
    {
        using var body = HttpAnswers.Json($$"""{"token":"{{token}}"}""");
        await (await shared.Http.PostAsync("/api/confirmations", body)).ProblemAsync(404, "link-not-usable");
        foreach (var address in (string[])["/api/my/signature", "/api/my/signature/receipt", "/api/staff/campaigns"])
        {
            // A client cannot send other headers.
            if (!Ascii.IsValid(token))
                continue;
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            await (await shared.Http.SendAsync(request)).ProblemAsync(401, "not-signed-in");
        }
        if (token.Length is 0 or > 1_000 || token.Contains('/', StringComparison.Ordinal))
            return;
        foreach (var page in (string[])["confirm", "my", "not-me"])
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head, HttpMethod.Post])
            {
                using var request = new HttpRequestMessage(method, $"/{page}/{Uri.EscapeDataString(token)}");
                await CampaignServer.Expect(404, await shared.Http.SendAsync(request));
            }
        }
    }

    [Theory]
    [InlineData(".")]
    [InlineData(",")]
    [InlineData(")")]
    [InlineData("%3E")]
    [InlineData("%20")]
    [InlineData(").")]
    [InlineData("%22")]
    [InlineData("%C2%A0")]
    [InlineData("%E2%80%9D")]
    [InlineData("_")]
    [InlineData("*")]
    public async Task Link_with_the_end_of_a_sentence_is_found(string after)
    {
        var address = $"end-{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(after))}@example.org";
        await shared.SignAsync(CampaignServer.Signature(address));
        var letter = await shared.Server.Mail.WaitForAsync(address, "/confirm/");
        var (confirm, notMe) = (letter.Token("/confirm/"), letter.Token("/not-me/"));
        foreach (var path in (string[])[$"/confirm/{confirm}", $"/not-me/{notMe}"])
        {
            await CampaignServer.Expect(200, await shared.Http.GetAsync(path + after));
            using var head = new HttpRequestMessage(HttpMethod.Head, path + after);
            await CampaignServer.Expect(200, await shared.Http.SendAsync(head));
            await CampaignServer.Expect(404, await shared.Http.GetAsync($"{path}{after}x"));
        }
        await CampaignServer.Expect(200, await shared.Http.PostAsync($"/confirm/{confirm}{after}", null));
        var manage = await shared.Server.ConfirmAsync(confirm);
        await CampaignServer.Expect(200, await shared.Http.GetAsync($"/my/{manage}{after}"));
        await CampaignServer.Expect(303, await shared.Http.PostAsync($"/my/{manage}{after}", null));
    }

    [Theory]
    [InlineData("application/json; charset=utf-7", 415)]
    [InlineData("application/json; charset=UTF-16", 415)]
    [InlineData("application/json; charset=no-such-charset", 415)]
    [InlineData("application/json; charset=\"utf-7\"", 415)]
    [InlineData("application/json; charset=\"utf-8\"", 202)]
    [InlineData("application/json;charset=UTF-8", 202)]
    [InlineData("application/json", 202)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("json", 415)]
    [InlineData(";;;", 415)]
    [InlineData("", 415)]
    public async Task JSON_in_another_charset_or_type_is_415(string contentType, int status)
    {
        var answer = await PostAsync(
            $"/api/campaigns/{shared.Slug}/manage-link",
            """{"email":"charset@example.org"}""",
            contentType
        );
        if (status == 415)
            await answer.ProblemAsync(415, "media-type");
        else
            await CampaignServer.Expect(status, answer);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", 200)]
    [InlineData("application/x-www-form-urlencoded; charset=UTF-8", 200)]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", 415)]
    [InlineData("application/x-www-form-urlencoded; charset=no-such-charset", 415)]
    [InlineData("application/x-www-form-urlencoded; charset=\"utf-7\"", 415)]
    [InlineData("multipart/form-data", 415)]
    [InlineData("multipart/form-data; boundary=x", 415)]
    [InlineData("multipart/form-data; boundary=x; charset=utf-7", 415)]
    [InlineData("application/json", 415)]
    [InlineData("", 415)]
    public async Task Form_in_another_charset_or_type_is_415(string contentType, int status)
    {
        foreach (var page in (string[])[$"/c/{shared.Slug}/find", $"/c/{shared.Slug}", "/my"])
        {
            var answer = await PostAsync(page, "email=charset%40example.org", contentType);
            if (status == 415)
                await CampaignServer.Expect(415, answer);
            else
                Assert.True((int)answer.StatusCode < 500);
        }
    }

    [Theory]
    [InlineData("email=%ZZ%FF%00%ED%A0%80")]
    [InlineData("=&=&&&==")]
    [InlineData("email")]
    [InlineData("email=a&email=b&locale=%00&country=%00&disclosure=%00&textHash=%00&recipients=%00&name=%00")]
    public async Task Malformed_form_is_refused_and_no_defect(string form)
    {
        foreach (var page in (string[])[$"/c/{shared.Slug}/find", $"/c/{shared.Slug}"])
            await CampaignServer.Expect(400, await PostAsync(page, form, "application/x-www-form-urlencoded"));
    }

    [Fact]
    public async Task Form_with_too_many_fields_is_refused_and_no_defect()
    {
        var form = string.Concat(Enumerable.Range(0, 2_000).Select(n => FormattableString.Invariant($"f{n}&")));
        await CampaignServer.Expect(
            400,
            await PostAsync($"/c/{shared.Slug}/find", form, "application/x-www-form-urlencoded")
        );
    }

    [Theory]
    [InlineData("Accept", "text/csv;q=;;,,,*/*;q=nonsense")]
    [InlineData("Accept-Language", ",;q=x,nb;q=9,\u0001")]
    [InlineData("Accept-Encoding", "gzip;q=nonsense,;")]
    [InlineData("If-None-Match", "W/\",\"\"\",*,nonsense")]
    [InlineData("If-None-Match", "\"unclosed")]
    [InlineData("Origin", "https://[nonsense")]
    [InlineData("Origin", "null")]
    [InlineData("Range", "bytes=nonsense")]
    [InlineData("Cookie", "my=nonsense; my=; my=%00%FF;;;=")]
    [InlineData("X-Forwarded-For", "nonsense,,,[::")]
    [InlineData("Authorization", "Bearer")]
    [InlineData("Content-Type", "a/b;charset=utf-7;;;")]
    public async Task Malformed_header_is_no_defect(string name, string value)
    {
        foreach (
            var address in (string[])
                [
                    "/",
                    "/my",
                    "/docs",
                    $"/c/{shared.Slug}",
                    "/openapi/v1.json",
                    "/api/campaigns",
                    $"/api/campaigns/{shared.Slug}",
                    $"/api/campaigns/{shared.Slug}/counts",
                    $"/api/campaigns/{shared.Slug}/ledger",
                    $"/api/campaigns/{shared.Slug}/ledger/head",
                    "/api/my/signature",
                    "/api/staff/campaigns",
                ]
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation(name, value);
            var answer = await shared.Http.SendAsync(request);
            Assert.True((int)answer.StatusCode < 500, $"{address} is {(int)answer.StatusCode}");
        }
    }

    [Theory]
    [InlineData("/api/campaigns?limit=%00&after=%00")]
    [InlineData("/api/campaigns?after=***********")]
    [InlineData("/api/campaigns?after=AAAAAAAAAA%3D")]
    [InlineData("/api/campaigns?limit=1&limit=2")]
    public async Task Malformed_page_of_a_list_is_a_wrong_field(string address) =>
        await (await shared.Http.GetAsync(address)).ProblemAsync(400, "validation");

    [Fact]
    public async Task Byte_order_mark_before_JSON_is_ignored()
    {
        const string body = """{"email":"mark@example.org"}""";
        var path = $"/api/campaigns/{shared.Slug}/manage-link";
        await CampaignServer.Expect(202, await PostAsync(path, "\uFEFF" + body, "application/json"));
        await (await PostAsync(path, "\uFEFF\uFEFF" + body, "application/json")).ProblemAsync(400, "malformed-body");
        await (await PostAsync(path, "\uFEFF", "application/json")).ProblemAsync(400, "malformed-body");
    }

    private Task<HttpResponseMessage> PostAsync(string path, string body, string contentType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType.Length > 0)
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return shared.Http.PostAsync(path, content);
    }
}
