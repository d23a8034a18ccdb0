using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Campaigns.Tests.Http.Timeline;
using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Sendings;

/// <summary>Staff send an update to subscribers, over HTTP.</summary>
public sealed class SendingEndpointTests(TimelineServer shared) : IClassFixture<TimelineServer>
{
    private CampaignServer Server => shared.Server;

    [Fact]
    public async Task Update_reaches_a_subscriber_who_ends_it_by_the_header_of_the_letter()
    {
        const string Kari = "kari@example.org";
        await shared.SubscribeAsync(Kari, "NO", "nb");
        await shared.SubscribeAsync("jan@example.org", "NL", "nl");
        var update = await shared.PublishedAsync(TimelineServer.Update("Reaches Kari"));
        Assert.Equal(1, await CountAsync(update, "?countries=NO&locales=nb,en"));
        Assert.Equal(0, await CountAsync(update, "?countries=BE"));
        Assert.Null((await shared.ReadAsync(update))["sending"]);
        var sent = await CampaignServer.Expect(
            202,
            await shared.Staff.PostAsJsonAsync(
                $"{update}/send",
                new
                {
                    audience = new { countries = new[] { "NO" } },
                    hours = new { from = "00:00", to = "23:59" },
                    subject = "title",
                }
            )
        );
        Assert.EndsWith(update, sent.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, (int?)(await sent.BodyAsync())["recipients"]);
        var letter = await Server.Mail.WaitForAsync(Kari, "/unsubscribe/");
        Assert.Contains("Subject: Reaches Kari", letter.Raw, StringComparison.Ordinal);
        await CampaignServer.UntilAsync(async () => await StateAsync(update) == "sent", "the sending does not end");
        var sending = (await shared.ReadAsync(update))["sending"]!;
        Assert.Equal((1, 1, 0), ((int)sending["done"]!, (int)sending["total"]!, (int)sending["failed"]!));
        Assert.DoesNotContain(Server.Mail.To("jan@example.org"), one => one.Raw.Contains("/unsubscribe/"));

        var link = new Uri(Regex.Match(letter.Raw, "List-Unsubscribe:\\s+<([^>]+)>").Groups[1].Value);
        using var body = new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]);
        await CampaignServer.Expect(200, await shared.Http.PostAsync(link.PathAndQuery, body));
        var next = await shared.PublishedAsync(TimelineServer.Update("After Kari left"));
        Assert.Equal(0, await CountAsync(next, "?countries=NO"));
        await (
            await shared.Staff.PostAsJsonAsync($"{next}/send", new { audience = new { countries = new[] { "NO" } } })
        ).RefusesFieldsAsync("audience");
        foreach (var act in (string[])["pause", "resume", "cancel"])
            await (await shared.Staff.PostAsync($"{update}/{act}", null)).ProblemAsync(409, "wrong-state");
        await (await shared.Staff.PostAsJsonAsync($"{update}/send", new { })).ProblemAsync(409, "already-sent");
    }

    [Fact]
    public async Task Scheduled_sending_is_paused_resumed_and_cancelled_and_each_is_audited()
    {
        await shared.SubscribeAsync("later@example.org", "GB", "en");
        var update = await shared.PublishedAsync(TimelineServer.Update("Later"));
        var at = Server.Clock.GetUtcNow().AddDays(2).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        using var order = new HttpRequestMessage(HttpMethod.Post, $"{update}/send")
        {
            Content = JsonContent.Create(new { at }),
        };
        order.Headers.Add("Idempotency-Key", "later-1");
        await CampaignServer.Expect(202, await shared.Staff.SendAsync(order));
        using var repeated = new HttpRequestMessage(HttpMethod.Post, $"{update}/send")
        {
            Content = JsonContent.Create(new { at }),
        };
        repeated.Headers.Add("Idempotency-Key", "later-1");
        await CampaignServer.Expect(202, await shared.Staff.SendAsync(repeated));
        Assert.Equal("scheduled", await StateAsync(update));
        (string Act, string State)[] acts = [("pause", "paused"), ("resume", "scheduled"), ("cancel", "cancelled")];
        foreach (var (act, state) in acts)
        {
            for (var times = 0; times < 2; times++)
                await CampaignServer.Expect(204, await shared.Staff.PostAsync($"{update}/{act}", null));
            Assert.Equal(state, await StateAsync(update));
        }
        var lines = await shared.Staff.ListAsync($"/api/staff/audit?search={update.Split('/')[^1]}");
        Assert.Equal(
            ["update.create", "update.publish", "update.send", "update.pause", "update.resume", "update.cancel"],
            lines.Select(line => (string?)line!["action"])
        );
    }

    [Theory]
    [InlineData("""{"audience":{"countries":["UK"]}}""", "audience.countries")]
    [InlineData("""{"audience":{"countries":[]}}""", "audience.countries")]
    [InlineData("""{"audience":{"locales":["!"]}}""", "audience.locales")]
    [InlineData("""{"audience":{"roles":["x"]}}""", "audience.roles")]
    [InlineData("""{"audience":"all"}""", "audience")]
    [InlineData("""{"at":"tomorrow"}""", "at")]
    [InlineData("""{"at":"2199-01-01T00:00:00.000Z"}""", "at")]
    [InlineData("""{"hours":{"from":"8","to":"20:00"}}""", "hours.from")]
    [InlineData("""{"hours":{"from":"08:00"}}""", "hours.to")]
    [InlineData("""{"hours":{"from":"08:00","to":"08:00"}}""", "hours.to")]
    [InlineData("""{"subject":"shout"}""", "subject")]
    [InlineData("""{"to":"everybody"}""", "to")]
    public async Task Field_of_an_order_is_refused(string body, string field)
    {
        var update = await shared.PublishedAsync(TimelineServer.Update("Refused"));
        await (await shared.Staff.PostAsync($"{update}/send", HttpAnswers.Json(body))).RefusesFieldsAsync(field);
        Assert.Null((await shared.ReadAsync(update))["sending"]);
    }

    [Fact]
    public async Task Draft_is_not_sent_and_a_test_needs_a_confirmed_address()
    {
        var draft = await shared.WriteAsync(shared.Updates, TimelineServer.Update("Draft"));
        await (await shared.Staff.PostAsJsonAsync($"{draft}/send", new { })).ProblemAsync(409, "wrong-state");
        await (await shared.Staff.PostAsJsonAsync($"{draft}/test", new { locale = "nl" })).ProblemAsync(
            409,
            "wrong-state"
        );
        await (await shared.Staff.PostAsJsonAsync($"{draft}/test", new { locale = "!" })).RefusesFieldsAsync("locale");
    }

    private async Task<int> CountAsync(string update, string query) =>
        (int)(await shared.ReadAsync($"{update}/audience{query}"))["recipients"]!;

    private async Task<string?> StateAsync(string update) =>
        (string?)(await shared.ReadAsync(update))["sending"]!["state"];
}
