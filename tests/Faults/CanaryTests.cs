using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Faults;

/// <summary>
/// People, addresses and tokens that exist nowhere else, used in every operation, failures
/// included, in a process that logs at every level. Afterwards no file except the letters, and no
/// log, contains them.
/// </summary>
public sealed class CanaryTests : IDisposable
{
    private const string Slug = "chechnya-2019";
    private const string Signing = $"/api/campaigns/{Slug}/signatures";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-canary-").FullName;
    private readonly Canaries _canaries = new();
    private readonly CanarySigners _signers;
    private CampaignProcess _server = null!;
    private HttpClient _staff = null!;

    public CanaryTests() => _signers = new(_canaries, Path.Combine(_folder, "data", "mail"));

    public void Dispose()
    {
        _staff?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Search_finds_a_word_in_every_encoding()
    {
        var canaries = new Canaries();
        canaries.Word("Kanariefågel");
        var utf8 = Encoding.UTF8.GetBytes("xyKanariefågelz");
        foreach (
            var hidden in (byte[][])
                [
                    utf8,
                    Encoding.Unicode.GetBytes("xyKanariefågelz"),
                    Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8)),
                    Encoding.ASCII.GetBytes(Convert.ToBase64String(utf8)),
                    Encoding.ASCII.GetBytes(Convert.ToBase64String(utf8[1..])),
                    Encoding.ASCII.GetBytes(Convert.ToBase64String(utf8[2..])),
                    Encoding.ASCII.GetBytes(Uri.EscapeDataString("xKanariefågel")),
                    Encoding.ASCII.GetBytes("Kanarief\\u00e5gel"),
                ]
        )
            Assert.NotEmpty(canaries.FindIn("a test", hidden));
        Assert.Empty(canaries.FindIn("a test", "Kanariefugl"u8.ToArray()));
    }

    [Fact]
    public async Task Personal_data_is_in_no_log_and_in_no_file_except_letters()
    {
        var data = Path.Combine(_folder, "data");
        var token = (
            await CampaignProcess.RunAsync([
                "staff",
                "add",
                "Keeper",
                "--role",
                "administrator",
                .. CampaignProcess.On(data),
            ])
        ).Output.Trim();
        _canaries.Token("the staff token", token);
        await using (
            _server = await CampaignProcess.ServeAsync(
                data,
                "--Logging:LogLevel:Default=Trace",
                "--Logging:LogLevel:Microsoft=Trace",
                "--Logging:LogLevel:Microsoft.AspNetCore=Trace",
                "--Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics=Trace",
                "--Logging:Console:LogLevel:Default=Trace",
                "--Logging:Console:LogLevel:Hangfire=Trace",
                "--Logging:Console:LogLevel:Microsoft.AspNetCore.Routing=Trace",
                "--Logging:Console:FormatterName=json",
                "--Logging:Console:FormatterOptions:IncludeScopes=true"
            )
        )
        {
            _staff = new HttpClient { BaseAddress = _server.Http.BaseAddress };
            _staff.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            await OpenAsync();
            await _signers.ReadOtherLettersAsync(_server, data);
            await SignInEveryWayAsync();
            await BuildPacketAsync();
            await MalformedRequests.SendAsync(_server.Http, _staff, _signers, [token, _signers.Tokens.First()]);
            await CauseFailuresAsync();
            await LeaveInEveryWayAsync();

            Assert.Empty(_canaries.FindIn(data));
            // The log was at full detail: it has our own lines with their templates.
            Assert.Contains("/confirm/{token}", _server.Output, StringComparison.Ordinal);
            Assert.Contains("\"LogLevel\":\"Debug\"", _server.Output, StringComparison.Ordinal);
        }
        Assert.Empty(_canaries.FindIn("the log", Encoding.UTF8.GetBytes(_server.Output)));
        Assert.Empty(_canaries.FindIn("the errors", Encoding.UTF8.GetBytes(_server.Errors)));
        Assert.Empty(_canaries.FindIn(data));
        Assert.NotEmpty(new TestMailbox(Path.Combine(data, "mail")).All());
    }

    private async Task OpenAsync()
    {
        var body = Example.Campaign();
        foreach (var date in (string[])["opensAt", "closesAt", "handOverOn", "eraseAfterDays"])
            body[date] = null;
        body["recipients"]!
            .AsArray()
            .Add(
                new JsonObject
                {
                    ["key"] = "desk",
                    ["name"] = "Desk",
                    ["address"] = "Oslo",
                    ["countries"] = null,
                    ["risk"] = "low",
                    ["maxDisclosure"] = "name",
                }
            );
        await CampaignServer.Expect(201, await _staff.PostAsJsonAsync("/api/staff/campaigns", body));
        await CampaignServer.Expect(204, await _staff.PostAsync($"/api/staff/campaigns/{Slug}/open", null));
    }

    private async Task SignInEveryWayAsync()
    {
        // JSON requests: sign, repeat, confirm twice, read, change, request the manage link, which ends the older one.
        var viaJson = _signers.Create();
        await CampaignServer.Expect(202, await _server.Http.PostAsJsonAsync(Signing, viaJson));
        await _signers.NewestTokenAsync(viaJson, "/confirm/", 1);
        await CampaignServer.Expect(202, await _server.Http.PostAsJsonAsync(Signing, viaJson));
        var manage = await ConfirmAsync(await _signers.NewestTokenAsync(viaJson, "/confirm/", 2));
        await _server.Http.PostAsJsonAsync(Signing, viaJson);
        using var mine = WithBearer(manage);
        await CampaignServer.Expect(200, await mine.GetAsync("/api/my/signature"));
        await CampaignServer.Expect(
            200,
            await mine.PatchAsync("/api/my/signature", HttpAnswers.Json("""{"consents":{"updates":false}}"""))
        );
        await CampaignServer.UntilAsync(
            async () => (int)(await mine.GetAsync("/api/my/signature/receipt")).StatusCode == 200,
            "not sealed"
        );
        _canaries.Token(
            "the ledger key",
            (string)(await (await mine.GetAsync("/api/my/signature/receipt")).BodyAsync())["key"]!
        );
        await _server.Http.PostAsJsonAsync(
            $"/api/campaigns/{Slug}/manage-link",
            new { email = (string)viaJson["email"]! }
        );

        // The same through the pages.
        var viaPages = _signers.Create();
        var form = viaPages
            .Where(field => field.Value is JsonValue)
            .ToDictionary(field => field.Key, field => (string)field.Value!);
        form["consents.sign"] = "yes";
        var signed = await _server.Http.PostAsync($"/c/{Slug}", new FormUrlEncodedContent(form));
        Assert.True((int)signed.StatusCode < 400, signed.StatusCode.ToString());
        form["email"] = "not an address " + form["email"];
        await CampaignServer.Expect(400, await _server.Http.PostAsync($"/c/{Slug}", new FormUrlEncodedContent(form)));
        var link = await _signers.NewestTokenAsync(viaPages, "/confirm/", 1);
        await CampaignServer.Expect(200, await _server.Http.GetAsync("/confirm/" + link));
        await _server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/confirm/" + link));
        await CampaignServer.Expect(200, await _server.Http.PostAsync("/confirm/" + link, null));
        var manageLink = await _signers.NewestTokenAsync(viaPages, "/my/", 1);
        await CampaignServer.Expect(200, await _server.Http.GetAsync("/my/" + manageLink));
        using var cookies = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = _server.Http.BaseAddress,
        };
        var opened = await cookies.PostAsync("/my/" + manageLink, null);
        var cookie = opened.Headers.GetValues("Set-Cookie").First().Split(';')[0];
        _canaries.Token("the cookie", cookie.Split('=', 2)[1]);
        cookies.DefaultRequestHeaders.Add("Cookie", cookie);
        await CampaignServer.Expect(200, await cookies.GetAsync("/my"));
    }

    private async Task BuildPacketAsync()
    {
        var asked = await CampaignServer.Expect(
            202,
            await _staff.PostAsJsonAsync(
                $"/api/staff/campaigns/{Slug}/packets",
                new
                {
                    recipient = "desk",
                    disclosure = "name",
                    include = (string[])["csv"],
                }
            )
        );
        await CampaignServer.UntilAsync(
            async () =>
                (string?)(await (await _staff.GetAsync(asked.Headers.Location)).BodyAsync())["status"] == "ready",
            "the packet is not ready"
        );
        var file = await (await _staff.GetAsync(asked.Headers.Location + "/file")).Content.ReadAsByteArrayAsync();
        using (var packet = new ZipArchive(new MemoryStream(file)))
        {
            using var csv = new MemoryStream();
            await using (var entry = packet.GetEntry("signatures.csv")!.Open())
                await entry.CopyToAsync(csv);
            Assert.NotEmpty(_canaries.FindIn("the packet, where names belong", csv.ToArray()));
        }
        // A packet that is being built while the files are searched.
        await CampaignServer.Expect(202, await _staff.PostAsync(asked.Headers.Location + "/rebuild", null));
        Assert.Empty(_canaries.FindIn(Path.Combine(_folder, "data")));
    }

    // Unexpected exceptions in the middle of signing, confirming and sending.
    private async Task CauseFailuresAsync()
    {
        var signer = _signers.Create();
        await CampaignServer.Expect(202, await _server.Http.PostAsJsonAsync(Signing, signer));
        var link = await _signers.NewestTokenAsync(signer, "/confirm/", 1);
        using (var database = DatabaseUnderTest.Open(Path.Combine(_folder, "data")))
        {
            database.Execute("ALTER TABLE letters RENAME TO letters_gone");
            Assert.Equal(500, (int)(await _server.Http.PostAsJsonAsync(Signing, _signers.Create())).StatusCode);
            Assert.Equal(
                500,
                (int)(await _server.Http.PostAsJsonAsync("/api/confirmations", new { token = link })).StatusCode
            );
            Assert.Equal(500, (int)(await _server.Http.PostAsync("/confirm/" + link, null)).StatusCode);
            Assert.Equal(
                500,
                (int)
                    (
                        await _server.Http.PostAsJsonAsync(
                            $"/api/campaigns/{Slug}/manage-link",
                            new { email = (string)signer["email"]! }
                        )
                    ).StatusCode
            );
            await CampaignServer.UntilAsync(
                () => _server.Output.Contains("SendLettersJob failed", StringComparison.Ordinal),
                "no job fails"
            );
            database.Execute("ALTER TABLE letters_gone RENAME TO letters");
            // A row whose ciphertext is damaged.
            database.Execute(
                "UPDATE signatures SET person = @broken WHERE state = 'pending'",
                new { broken = new byte[60] }
            );
        }
        Assert.Equal(500, (int)(await _server.Http.GetAsync("/confirm/" + link)).StatusCode);
        await ConfirmAsync(link);
        await CampaignServer.UntilAsync(
            () => _server.Output.Contains("\"EventId\":2002", StringComparison.Ordinal),
            "the log does not report it"
        );
    }

    private async Task LeaveInEveryWayAsync()
    {
        foreach (
            var leave in (Func<HttpClient, Task<HttpResponseMessage>>[])
                [
                    mine => mine.PostAsync("/api/my/signature/withdraw", null),
                    mine => mine.DeleteAsync("/api/my/signature"),
                    mine => mine.PatchAsync("/api/my/signature", HttpAnswers.Json("""{"disclosure":"count"}""")),
                ]
        )
        {
            var signer = _signers.Create();
            await CampaignServer.Expect(202, await _server.Http.PostAsJsonAsync(Signing, signer));
            using var mine = WithBearer(await ConfirmAsync(await _signers.NewestTokenAsync(signer, "/confirm/", 1)));
            Assert.True((await leave(mine)).IsSuccessStatusCode);
        }
        var victim = _signers.Create();
        await CampaignServer.Expect(202, await _server.Http.PostAsJsonAsync(Signing, victim));
        var notMe = await _signers.NewestTokenAsync(victim, "/not-me/", 1);
        await CampaignServer.Expect(200, await _server.Http.GetAsync("/not-me/" + notMe));
        await CampaignServer.Expect(200, await _server.Http.NotMeAsync(notMe));
    }

    private async Task<string> ConfirmAsync(string link)
    {
        var answer = await CampaignServer.Expect(
            200,
            await _server.Http.PostAsJsonAsync("/api/confirmations", new { token = link })
        );
        return (string)(await answer.BodyAsync())["manageToken"]!;
    }

    private HttpClient WithBearer(string token)
    {
        var client = new HttpClient { BaseAddress = _server.Http.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }
}
