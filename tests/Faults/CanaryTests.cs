using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Campaigns.Tests.Infrastructure;
using Dapper;

namespace Campaigns.Tests.Faults;

/// <summary>
/// People, addresses and tokens that exist nowhere else, driven through everything that can happen
/// to them, failures included, in a process that logs all it can. Afterwards they are in no file
/// but the letters, and in no log.
/// </summary>
public sealed class CanaryTests : IDisposable
{
    private const string Slug = "chechnya-2019";
    private const string Signing = $"/api/campaigns/{Slug}/signatures";

    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-canary-").FullName;
    private readonly Canaries _canaries = new();
    private readonly HashSet<string> _read = [];
    private CampaignProcess _server = null!;
    private HttpClient _staff = null!;
    private int _birds;

    public void Dispose()
    {
        _staff?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_search_finds_a_word_in_every_shape_it_could_have()
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
    public async Task Nothing_of_a_signer_is_in_any_file_but_letters_or_in_any_log()
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
            await SignInEveryWayAsync();
            await BuildPacketAsync();
            await PoisonAsync(token);
            await BreakAsync();
            await LeaveInEveryWayAsync();

            Assert.Empty(_canaries.FindIn(data));
            // The log was really open: our own lines are there, with templates.
            Assert.Contains("/confirm/{token}", _server.Output, StringComparison.Ordinal);
            Assert.Contains("\"LogLevel\":\"Debug\"", _server.Output, StringComparison.Ordinal);
        }
        Assert.Empty(_canaries.FindIn("the log", Encoding.UTF8.GetBytes(_server.Output)));
        Assert.Empty(_canaries.FindIn("the errors", Encoding.UTF8.GetBytes(_server.Errors)));
        Assert.Empty(_canaries.FindIn(data));
        Assert.NotEmpty(new Mailbox(Path.Combine(data, "mail")).All());
    }

    private async Task OpenAsync()
    {
        var body = Example.Campaign();
        foreach (var date in (string[])["opensAt", "closesAt", "handOverOn"])
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
        // As JSON, repeated, confirmed twice, asked again, looked at, changed.
        var bird = Bird();
        await CampaignServer.Expect(202, await _server.Http.PostAsJsonAsync(Signing, bird));
        await NewestAsync(bird, "/confirm/", 1);
        await CampaignServer.Expect(202, await _server.Http.PostAsJsonAsync(Signing, bird));
        var manage = await ConfirmAsync(await NewestAsync(bird, "/confirm/", 2));
        await _server.Http.PostAsJsonAsync(Signing, bird);
        await _server.Http.PostAsJsonAsync(
            $"/api/campaigns/{Slug}/manage-link",
            new { email = (string)bird["email"]! }
        );
        using var mine = Bearing(manage);
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

        // By the pages.
        var walker = Bird();
        var form = walker
            .Where(field => field.Value is JsonValue)
            .ToDictionary(field => field.Key, field => (string)field.Value!);
        form["consents.sign"] = "yes";
        var signed = await _server.Http.PostAsync($"/c/{Slug}", new FormUrlEncodedContent(form));
        Assert.True((int)signed.StatusCode < 400, signed.StatusCode.ToString());
        form["email"] = "not an address " + form["email"];
        await CampaignServer.Expect(400, await _server.Http.PostAsync($"/c/{Slug}", new FormUrlEncodedContent(form)));
        var link = await NewestAsync(walker, "/confirm/", 1);
        await CampaignServer.Expect(200, await _server.Http.GetAsync("/confirm/" + link));
        await _server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/confirm/" + link));
        await CampaignServer.Expect(200, await _server.Http.PostAsync("/confirm/" + link, null));
        var door = await NewestAsync(walker, "/my/", 1);
        await CampaignServer.Expect(200, await _server.Http.GetAsync("/my/" + door));
        using var cookies = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = _server.Http.BaseAddress,
        };
        var opened = await cookies.PostAsync("/my/" + door, null);
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
        // One that is being built when somebody looks at the disk.
        await CampaignServer.Expect(202, await _staff.PostAsync(asked.Headers.Location + "/rebuild", null));
        Assert.Empty(_canaries.FindIn(Path.Combine(_folder, "data")));
    }

    private async Task PoisonAsync(string token)
    {
        var bird = Bird();
        var (name, email, place) = ((string)bird["name"]!, (string)bird["email"]!, (string)bird["locality"]!);
        foreach (
            var body in (string[])
                [
                    $$"""{"name":"{{name}}","email":"{{email}}" """,
                    $$"""{"name":"{{name}}\ud800","email":"{{email}}","country":"NO","consents":{"sign":true} }""",
                    $$"""{"name":"{{name}}\u0000","email":"{{email}} x","country":"{{name}}","locality":"{{place}}\u202e","locale":"{{name}}","disclosure":"{{name}}","textHash":"{{name}}","consents":"{{name}}"}""",
                    $$"""{"{{name}}":"{{email}}"}""",
                    $"\"{name}\"",
                    $$"""{"name":["{{name}}"],"email":{"{{email}}":1},"consents":{"sign":"{{name}}" } }""",
                    $"{name}{email}",
                ]
        )
        {
            foreach (
                var path in (string[])
                    [Signing, $"/api/campaigns/{Slug}/manage-link", "/api/confirmations", $"/c/{Slug}"]
            )
                await _server.Http.PostAsync(path, HttpAnswers.Json(body));
            await _server.Http.PostAsync(Signing, HttpAnswers.Json(body, "text/plain"));
        }
        // Tokens where nobody should put them, and requests no server can read.
        var manage = _read.First();
        foreach (var secret in (string[])[token, manage])
        {
            foreach (
                var path in (string[])
                    [
                        $"/my/{secret}/more",
                        $"/confirm/{secret}",
                        $"/not-me/{secret}",
                        $"/api/my/signature?token={secret}",
                        $"/api/{secret}",
                        $"/{secret}",
                        $"/api/campaigns/{secret}",
                        $"/c/{secret}",
                        $"/api/staff/packets/{secret}",
                        $"/api/staff/audit?from={secret}",
                    ]
            )
                await _staff.GetAsync(path);
            foreach (
                var line in (string[])
                    [
                        $"GET /my/{secret} HTTP/9.9\r\n\r\n",
                        $"GET /my/{secret}\r\n\r\n",
                        $"GE T /{secret} HTTP/1.1\r\n\r\n",
                        $"GET /%zz{secret} HTTP/1.1\r\nHost: x\r\n\r\n",
                        $"POST {Signing} HTTP/1.1\r\nHost: {secret} x\r\n\r\n",
                        $"GET / HTTP/1.1\r\nHost: x\r\nBroken {secret}\r\n\r\n",
                        $"POST {Signing} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz{secret}\r\n",
                    ]
            )
                await RawAsync(line);
        }
    }

    // Failures that no handler expects, in the middle of signing, confirming and sending.
    private async Task BreakAsync()
    {
        var bird = Bird();
        await CampaignServer.Expect(202, await _server.Http.PostAsJsonAsync(Signing, bird));
        var link = await NewestAsync(bird, "/confirm/", 1);
        using (var database = DatabaseUnderTest.Open(Path.Combine(_folder, "data")))
        {
            database.Execute("ALTER TABLE letters RENAME TO letters_gone");
            Assert.Equal(500, (int)(await _server.Http.PostAsJsonAsync(Signing, Bird())).StatusCode);
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
                            new { email = (string)bird["email"]! }
                        )
                    ).StatusCode
            );
            await CampaignServer.UntilAsync(
                () => _server.Output.Contains("SendLettersJob failed", StringComparison.Ordinal),
                "no job fails"
            );
            database.Execute("ALTER TABLE letters_gone RENAME TO letters");
            // A row whose seal is broken.
            database.Execute(
                "UPDATE signatures SET person = @broken WHERE state = 'pending'",
                new { broken = new byte[60] }
            );
        }
        Assert.Equal(500, (int)(await _server.Http.GetAsync("/confirm/" + link)).StatusCode);
        await ConfirmAsync(link);
        await CampaignServer.UntilAsync(
            () => _server.Output.Contains("\"EventId\":2002", StringComparison.Ordinal),
            "the log does not say so"
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
            var bird = Bird();
            await CampaignServer.Expect(202, await _server.Http.PostAsJsonAsync(Signing, bird));
            using var mine = Bearing(await ConfirmAsync(await NewestAsync(bird, "/confirm/", 1)));
            Assert.True((await leave(mine)).IsSuccessStatusCode);
        }
        var victim = Bird();
        await CampaignServer.Expect(202, await _server.Http.PostAsJsonAsync(Signing, victim));
        var notMe = await NewestAsync(victim, "/not-me/", 1);
        await CampaignServer.Expect(200, await _server.Http.GetAsync("/not-me/" + notMe));
        await CampaignServer.Expect(200, await _server.Http.PostAsync("/not-me/" + notMe, null));
    }

    /// <summary>A signer no two of whom share a word.</summary>
    private JsonObject Bird()
    {
        var mark = $"{(char)('a' + (_birds / 26))}{(char)('a' + (_birds++ % 26))}";
        var body = CampaignServer.Signature(
            $"qxkanari{mark}@zwitscher{mark}.example.org",
            $"Zwærtje{mark} Qvøgelsang{mark}"
        );
        body["locality"] = $"Wxogelstadt{mark}";
        foreach (
            var word in (string[])
                [$"qxkanari{mark}", $"zwitscher{mark}", $"Zwærtje{mark}", $"Qvøgelsang{mark}", $"Wxogelstadt{mark}"]
        )
            _canaries.Word(word);
        return body;
    }

    private async Task<string> NewestAsync(JsonObject bird, string path, int atLeast)
    {
        var letter = await new Mailbox(Path.Combine(_folder, "data", "mail")).WaitForAsync(
            (string)bird["email"]!,
            path,
            atLeast
        );
        foreach (Match link in Regex.Matches(letter.Text, "/(confirm|my|not-me)/([A-Za-z0-9_-]{48})"))
            if (_read.Add(link.Groups[2].Value))
                _canaries.Token($"a {link.Groups[1].Value} token", link.Groups[2].Value);
        return letter.Token(path);
    }

    private async Task<string> ConfirmAsync(string link)
    {
        var answer = await CampaignServer.Expect(
            200,
            await _server.Http.PostAsJsonAsync("/api/confirmations", new { token = link })
        );
        return (string)(await answer.BodyAsync())["manageToken"]!;
    }

    private HttpClient Bearing(string token)
    {
        var client = new HttpClient { BaseAddress = _server.Http.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    private async Task RawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", _server.Http.BaseAddress!.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        socket.Client.Shutdown(SocketShutdown.Send);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await new StreamReader(stream).ReadToEndAsync(stop.Token);
    }
}
