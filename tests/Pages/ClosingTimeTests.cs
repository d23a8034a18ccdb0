using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Pages;

/// <summary>
/// The page of a campaign says until when one can sign, and a late form loses nothing.
/// </summary>
public sealed class ClosingTimeTests : IAsyncLifetime
{
    private CampaignServer _server = null!;
    private string _slug = null!;

    public async Task InitializeAsync()
    {
        _server = await CampaignServer.StartAsync();
        // Half past ten in the evening in UTC is the next day in Oslo.
        _slug = await _server.OpenCampaignAsync(change: body =>
        {
            body["closesAt"] = "2100-07-01T22:30:00.000Z";
            body["timeZone"] = "Europe/Oslo";
            body["handOverOn"] = "2100-07-10";
            body["eraseAfterDays"] = 90;
        });
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("en", "You can sign until 2 July 2100, 00:30 (Oslo).", "At the latest on 9 October 2100")]
    [InlineData("nl", "Je kunt tekenen tot 2 juli 2100, 00:30 (Oslo).", "Uiterlijk op 9 oktober 2100")]
    [InlineData("nb", "Du kan skrive under til 2. juli 2100 kl. 00:30 (Oslo).", "Senest 9. oktober 2100")]
    public async Task Page_says_until_when_and_when_data_is_erased(string language, string until, string erased)
    {
        var page = System.Net.WebUtility.HtmlDecode(await _server.Http.GetStringAsync($"/c/{_slug}?lang={language}"));
        Assert.Contains(until, page, StringComparison.Ordinal);
        Assert.Contains(erased, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Late_form_keeps_what_was_typed()
    {
        var slug = await _server.OpenCampaignAsync("closes-soon", body =>
            body["closesAt"] = Instant.Text(_server.Clock.UtcNow().AddHours(1))
        );
        _server.Clock.Advance(TimeSpan.FromHours(2));
        var answer = await CampaignServer.Expect(
            409,
            await _server.Http.PostAsync(
                $"/c/{slug}",
                new FormUrlEncodedContent(
                    new Dictionary<string, string>
                    {
                        ["email"] = "kari@example.org",
                        ["name"] = "Kari Nordmann",
                        ["locality"] = "Bergen",
                        ["country"] = "NO",
                        ["disclosure"] = "name",
                        ["consents.sign"] = "yes",
                    }
                )
            )
        );
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("takes no signatures now, so you have not signed", page, StringComparison.Ordinal);
        foreach (var typed in (string[])["kari@example.org", "Kari Nordmann", "Bergen"])
            Assert.Contains(typed, page, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "kari@example.org",
            await _server.Http.GetStringAsync($"/c/{slug}"),
            StringComparison.Ordinal
        );
    }
}
