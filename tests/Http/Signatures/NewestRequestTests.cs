using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Signatures;

/// <summary>
/// Two people may type the same address. The newest request decides, and the owner of the mailbox
/// has the last word.
/// </summary>
public sealed class NewestRequestTests : IAsyncLifetime
{
    private const string Address = "kari@example.org";

    private CampaignServer _server = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync(null, "--Limits:HoldAfterPerNetworkPerHour=1");
        _server.Clock.AdvanceToNextHour();
        _slug = await _server.OpenCampaignAsync();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("A Stranger")]
    [InlineData("Kari Nordmann")]
    public async Task Hold_of_an_older_request_ends_with_a_newer_one(string typedByAnother)
    {
        await _server.SignAsync(_slug, CampaignServer.Signature("first@example.org"));
        await _server.SignAsync(_slug, CampaignServer.Signature(Address, typedByAnother));
        Assert.Equal(1, Held());
        await _server.Mail.WaitForAsync(Address, "/confirm/");

        _server.Clock.Advance(TimeSpan.FromHours(1));
        await _server.SignAsync(_slug, CampaignServer.Signature(Address));
        Assert.Equal(0, Held());
        var letter = await _server.Mail.WaitForAsync(Address, "/confirm/", 2);
        var answer = await ConfirmAsync(letter.Token("/confirm/"));
        Assert.False((bool)answer["held"]!);
        Assert.Equal(1, (int)(await _server.GetJsonAsync($"/api/campaigns/{_slug}/counts"))["confirmed"]!);
    }

    [Fact]
    public async Task Newer_request_past_the_limit_holds_only_with_other_data()
    {
        await _server.SignAsync(_slug, CampaignServer.Signature(Address));
        await _server.SignAsync(_slug, CampaignServer.Signature(Address));
        Assert.Equal(0, Held());
        await _server.SignAsync(_slug, CampaignServer.Signature(Address, "A Stranger"));
        Assert.Equal(1, Held());
    }

    [Fact]
    public async Task Held_signature_is_never_called_counted()
    {
        await _server.SignAsync(_slug, CampaignServer.Signature("first@example.org"));
        foreach (var address in (string[])["api@example.org", "page@example.org"])
            await _server.SignAsync(_slug, CampaignServer.Signature(address));
        var api = await ConfirmAsync(
            (await _server.Mail.WaitForAsync("api@example.org", "/confirm/")).Token("/confirm/")
        );
        Assert.Equal(("confirmed", true), ((string?)api["status"], (bool)api["held"]!));
        using var mine = _server.WithBearer((string)api["manageToken"]!);
        Assert.True((bool)(await (await mine.GetAsync("/api/my/signature")).BodyAsync())["held"]!);

        // No receipt is offered for what is not counted.
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = _server.Url,
        };
        using var opened = await browser.PostAsync($"/my/{api["manageToken"]}", new FormUrlEncodedContent([]));
        browser.DefaultRequestHeaders.Add("Cookie", opened.Headers.GetValues("Set-Cookie").First().Split(';')[0]);
        var my = await browser.GetStringAsync("/my");
        Assert.Contains("a person of the campaign looks at it first", my, StringComparison.Ordinal);
        Assert.DoesNotContain("/my/receipt", my, StringComparison.Ordinal);

        var token = (await _server.Mail.WaitForAsync("page@example.org", "/confirm/")).Token("/confirm/");
        var page = await (await _server.Http.PostAsync($"/confirm/{token}", null)).Content.ReadAsStringAsync();
        Assert.Contains("a person of the campaign looks at it first", page, StringComparison.Ordinal);
        Assert.DoesNotContain("You are counted", page, StringComparison.Ordinal);
        Assert.DoesNotContain("counts for", page, StringComparison.Ordinal);
        Assert.Equal(0, (int)(await _server.GetJsonAsync($"/api/campaigns/{_slug}/counts"))["confirmed"]!);
    }

    [Fact]
    public async Task Equal_request_keeps_older_links_alive_and_another_ends_them()
    {
        await _server.SignAsync(_slug, CampaignServer.Signature(Address));
        var first = (await _server.Mail.WaitForAsync(Address, "/confirm/")).Token("/confirm/");
        _server.Clock.Advance(TimeSpan.FromDays(6));
        await _server.SignAsync(_slug, CampaignServer.Signature(Address));
        await _server.Mail.WaitForAsync(Address, "/confirm/", 2);
        // The seven days start again for both links.
        _server.Clock.Advance(TimeSpan.FromDays(6));
        await CampaignServer.Expect(200, await _server.Http.GetAsync($"/confirm/{first}"));

        await _server.SignAsync(_slug, CampaignServer.Signature(Address, "Another Name"));
        await CampaignServer.Expect(404, await _server.Http.GetAsync($"/confirm/{first}"));
    }

    [Fact]
    public async Task Letter_that_ends_older_links_says_so()
    {
        const string Ends = "erstatter en tidligere";
        await _server.SignAsync(_slug, CampaignServer.Signature(Address));
        await _server.SignAsync(_slug, CampaignServer.Signature(Address));
        var letters = await LettersAsync(2);
        Assert.All(letters, letter => Assert.DoesNotContain(Ends, letter, StringComparison.Ordinal));
        await _server.SignAsync(_slug, CampaignServer.Signature(Address, "Another Name"));
        Assert.Contains(Ends, (await LettersAsync(3)).Except(letters).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Manage_letter_that_ends_older_links_says_so()
    {
        const string Ends = "erstatter tidligere";
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature(Address));
        var letters = await LettersAsync(2);
        Assert.All(letters, letter => Assert.DoesNotContain(Ends, letter, StringComparison.Ordinal));
        await _server.Http.PostAsJsonAsync($"/api/campaigns/{_slug}/manage-link", new { email = Address });
        Assert.Contains(Ends, (await LettersAsync(3)).Except(letters).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Already_signed_says_what_another_reader_of_the_mailbox_can_do()
    {
        await _server.SignAndConfirmAsync(_slug, CampaignServer.Signature(Address));
        var letters = await LettersAsync(2);
        await _server.SignAsync(_slug, CampaignServer.Signature(Address, "Ola Nordmann"));
        Assert.Contains(
            "trengs en egen adresse",
            (await LettersAsync(3)).Except(letters).Single(),
            StringComparison.Ordinal
        );
    }

    private async Task<IReadOnlyList<string>> LettersAsync(int count)
    {
        await _server.WaitForMailAsync();
        var letters = _server.Mail.To(Address);
        Assert.Equal(count, letters.Count);
        return [.. letters.Select(letter => letter.Text.ReplaceLineEndings(" "))];
    }

    [Fact]
    public async Task Owner_of_the_mailbox_corrects_what_a_stranger_typed()
    {
        await _server.SignAsync(_slug, CampaignServer.Signature(Address, "A Stranger"));
        var token = (await _server.Mail.WaitForAsync(Address, "/confirm/")).Token("/confirm/");
        var wrong = await _server.Http.PostAsJsonAsync(
            "/api/confirmations",
            new
            {
                token,
                name = "www.example.org",
                disclosure = "all",
            }
        );
        await wrong.RefusesFieldsAsync("name", "disclosure");
        await (
            await _server.Http.PostAsync(
                "/api/confirmations",
                HttpAnswers.Json($$"""{"token":"{{token}}","name":null,"disclosure":"name"}""")
            )
        ).RefusesFieldsAsync("disclosure");
        Assert.Equal(1, _server.Query<long>("SELECT count(*) FROM signatures WHERE state = 'pending'"));

        var answer = await ConfirmAsync(
            (object)
                new
                {
                    token,
                    name = "Kari Nordmann",
                    locality = "Bergen",
                    disclosure = "initials",
                }
        );
        // Pressed again, the link corrects nothing.
        await ConfirmAsync(
            (object)
                new
                {
                    token,
                    name = "Another Name",
                    locality = "Oslo",
                    disclosure = "name",
                }
        );
        using var mine = _server.WithBearer((string)answer["manageToken"]!);
        var shown = await (await mine.GetAsync("/api/my/signature")).BodyAsync();
        Assert.Equal(
            ("Kari Nordmann", "Bergen", "initials"),
            ((string?)shown["name"], (string?)shown["locality"], (string?)shown["disclosure"])
        );
    }

    [Fact]
    public async Task Confirm_page_corrects_and_keeps_what_is_wrong()
    {
        await _server.SignAsync(_slug, CampaignServer.Signature(Address, "A Stranger"));
        var token = (await _server.Mail.WaitForAsync(Address, "/confirm/")).Token("/confirm/");
        var refused = await CampaignServer.Expect(
            400,
            await PostAsync(token, ("name", "https://example.org"), ("locality", "Bergen"), ("disclosure", "name"))
        );
        var page = await refused.Content.ReadAsStringAsync();
        Assert.Contains("https://example.org", page, StringComparison.Ordinal);
        Assert.Contains("Bergen", page, StringComparison.Ordinal);
        await CampaignServer.Expect(
            400,
            await PostAsync(token, ("name", " "), ("locality", ""), ("disclosure", "name"))
        );
        await CampaignServer.Expect(
            200,
            await PostAsync(token, ("name", "Kari Nordmann"), ("locality", ""), ("disclosure", "count"))
        );
        Assert.Equal("count", _server.Query<string>("SELECT disclosure FROM signatures WHERE state = 'confirmed'"));
    }

    private long Held() =>
        _server.Query<long>("SELECT count(*) FROM signatures WHERE hold_reason IS NOT NULL AND state = 'pending'");

    private Task<JsonObject> ConfirmAsync(string token) => ConfirmAsync((object)new { token });

    private async Task<JsonObject> ConfirmAsync(object body) =>
        await (
            await CampaignServer.Expect(200, await _server.Http.PostAsJsonAsync("/api/confirmations", body))
        ).BodyAsync();

    private Task<HttpResponseMessage> PostAsync(string token, params (string Name, string Value)[] fields) =>
        _server.Http.PostAsync(
            $"/confirm/{token}",
            new FormUrlEncodedContent(fields.ToDictionary(field => field.Name, field => field.Value))
        );
}
