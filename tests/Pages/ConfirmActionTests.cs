using System.Net;
using System.Text.Json.Nodes;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages;

/// <summary>
/// Scanners, previews and curious people open links in letters. Opening a link changes nothing, and
/// only the signer's browser gets access.
/// </summary>
[Collection(PageCollection.Name)]
public sealed class ConfirmActionTests(PageServer pages)
{
    [Fact]
    public async Task Opening_a_link_of_a_letter_changes_nothing()
    {
        var slug = await pages.Server.OpenCampaignAsync("looking");
        await pages.Server.SignAsync(slug, CampaignServer.Signature("looked-at@doors.example"));
        var letter = await pages.Server.Mail.WaitForAsync("looked-at@doors.example", "/confirm/");
        foreach (var path in (string[])["/confirm/" + letter.Token("/confirm/"), "/not-me/" + letter.Token("/not-me/")])
            await OpenAsync(path);
        Assert.Equal((1, 0, 0), await Buckets(slug));

        var answer = await pages.Server.Http.PostAsync("/confirm/" + letter.Token("/confirm/"), null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((0, 1, 0), await Buckets(slug));

        var manage = await pages.Server.Mail.WaitForAsync("looked-at@doors.example", "/my/");
        await OpenAsync("/my/" + manage.Token("/my/"));
        Assert.Equal((0, 1, 0), await Buckets(slug));

        await CampaignServer.Expect(200, await pages.Server.Http.NotMeAsync(letter.Token("/not-me/")));
        Assert.Equal((0, 0, 1), await Buckets(slug));
        foreach (var path in (string[])["/confirm/" + letter.Token("/confirm/"), "/my/" + manage.Token("/my/")])
        {
            await CampaignServer.Expect(404, await pages.Server.Http.GetAsync(path));
            await CampaignServer.Expect(404, await pages.Server.Http.PostAsync(path, null));
        }
        // A second press gets the same answer.
        await CampaignServer.Expect(200, await pages.Server.Http.NotMeAsync(letter.Token("/not-me/")));

        var log = await ReadLog();
        Assert.Contains("/confirm/{token}", log, StringComparison.Ordinal);
        foreach (
            var secret in (string[])
                [letter.Token("/confirm/"), letter.Token("/not-me/"), manage.Token("/my/"), "looked-at@doors.example"]
        )
            Assert.DoesNotContain(secret, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_is_encrypted_short_lived_and_same_site()
    {
        var token = await pages.Server.SignAndConfirmAsync(
            pages.Slug,
            CampaignServer.Signature("cookie@doors.example")
        );
        var opened = await CampaignServer.Expect(303, await pages.Server.Http.PostAsync("/my/" + token, null));
        Assert.Equal("/my", opened.Headers.Location!.OriginalString);
        var cookie = Assert.Single(opened.Headers.GetValues("Set-Cookie"));
        var parts = cookie.Split("; ");
        Assert.Equal(
            ["httponly", "max-age=1800", "path=/my", "samesite=strict", "secure"],
            parts[1..].Order(StringComparer.Ordinal)
        );
        Assert.DoesNotContain(token, cookie, StringComparison.Ordinal);

        await CampaignServer.Expect(200, await Send(HttpMethod.Get, "/my", parts[0]));
        await CampaignServer.Expect(401, await Send(HttpMethod.Get, "/my", null));
        await CampaignServer.Expect(401, await Send(HttpMethod.Get, "/my", parts[0][..^4] + "AAAA"));
    }

    [Fact]
    public async Task Receipt_is_a_file_that_does_not_name_the_campaign()
    {
        var token = await pages.Server.SignAndConfirmAsync(
            pages.Slug,
            CampaignServer.Signature("receipt@doors.example")
        );
        var opened = await pages.Server.Http.PostAsync("/my/" + token, null);
        var cookie = opened.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        HttpResponseMessage answer = null!;
        await CampaignServer.UntilAsync(
            async () =>
            {
                answer = await Send(HttpMethod.Get, "/my/receipt", cookie);
                if (answer.IsSuccessStatusCode)
                    return true;
                // Before the ledger is sealed the page reports that.
                await CampaignServer.Expect(409, answer);
                return false;
            },
            "no receipt"
        );
        Assert.Equal("receipt.json", answer.Content.Headers.ContentDisposition!.FileName);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition.DispositionType);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var receipt = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("receipt@doors.example", receipt["email"]!.GetValue<string>());
    }

    [Fact]
    public async Task Cookie_expires_after_30_minutes()
    {
        await using var server = await CampaignServer.StartAsync();
        var slug = await server.OpenCampaignAsync();
        var token = await server.SignAndConfirmAsync(slug, CampaignServer.Signature("late@doors.example"));
        var opened = await CampaignServer.Expect(303, await server.Http.PostAsync("/my/" + token, null));
        var cookie = opened.Headers.GetValues("Set-Cookie").Single().Split(';')[0];

        async Task<HttpStatusCode> Show()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/my") { Headers = { { "Cookie", cookie } } };
            return (await server.Http.SendAsync(request)).StatusCode;
        }
        server.Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(HttpStatusCode.OK, await Show());
        server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await Show());
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://elsewhere.example")]
    public async Task Form_of_another_site_is_refused_even_with_the_cookie(string header, string value)
    {
        var token = await pages.Server.SignAndConfirmAsync(
            pages.Slug,
            CampaignServer.Signature($"cross-{value.Length}-{header}@doors.example")
        );
        var opened = await pages.Server.Http.PostAsync("/my/" + token, null);
        var cookie = opened.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        foreach (var path in (string[])["/my/withdraw", "/my/erase", "/my", "/my/" + token])
            await CampaignServer.Expect(403, await Send(HttpMethod.Post, path, cookie, header, value));
        using var mine = pages.Server.WithBearer(token);
        var signature = JsonNode.Parse(await mine.GetStringAsync("/api/my/signature"))!;
        Assert.Equal("confirmed", signature["state"]!.GetValue<string>());
    }

    private async Task<string> ReadLog()
    {
        // The server still has the log open for writing.
        await using var file = new FileStream(
            Path.Combine(pages.Server.Folder, "test.log"),
            FileMode.Open,
            FileAccess.Read,
            FileShare.ReadWrite
        );
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync();
    }

    private async Task OpenAsync(string path)
    {
        for (var i = 0; i < 2; i++)
        {
            await CampaignServer.Expect(200, await Send(HttpMethod.Get, path, null));
            var head = await CampaignServer.Expect(200, await Send(HttpMethod.Head, path, null));
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }
    }

    private async Task<HttpResponseMessage> Send(
        HttpMethod method,
        string path,
        string? cookie,
        string? header = null,
        string? value = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        if (header is not null)
            request.Headers.Add(header, value);
        if (method == HttpMethod.Post)
            request.Content = new FormUrlEncodedContent([]);
        return await pages.Server.Http.SendAsync(request);
    }

    private async Task<(int Pending, int Confirmed, int Erased)> Buckets(string slug)
    {
        using var staff = await pages.Server.StaffAsync();
        var counts = JsonNode.Parse(await staff.GetStringAsync($"/api/staff/campaigns/{slug}/counts"))![
            "countries"
        ]!.AsArray();
        int Sum(string bucket) => counts.Sum(country => country![bucket]!.GetValue<int>());
        return (Sum("pending"), Sum("confirmed"), Sum("erased"));
    }
}
