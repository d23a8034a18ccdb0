using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Campaigns.Tests.Infrastructure;

/// <summary>
/// One server and one open campaign for all tests of a class, which therefore use separate
/// addresses.
/// </summary>
public class SharedServer : IAsyncLifetime
{
    public CampaignServer Server { get; private set; } = null!;

    public string Slug { get; private set; } = null!;

    /// <summary>A client with the token of an administrator.</summary>
    public HttpClient Staff { get; private set; } = null!;

    public HttpClient Http => Server.Http;

    protected virtual string[] Settings => [];

    public async Task InitializeAsync()
    {
        Server = await CampaignServer.StartAsync(null, Settings);
        // The hour and the day stay the same for all tests of a class, also around midnight.
        Server.Clock.AdvanceToNextHour();
        Slug = await OpenAsync();
        Staff = await Server.StaffAsync();
    }

    public virtual async Task DisposeAsync()
    {
        Staff.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>The date in London, the time zone of the campaign, so many days from now.</summary>
    public string Today(int days = 0) =>
        Instant.Text(
            DateOnly.FromDateTime(TimeZones.Local(Server.Clock.GetUtcNow(), "Europe/London").DateTime).AddDays(days)
        );

    /// <summary>Opens the campaign and returns its slug.</summary>
    protected virtual Task<string> OpenAsync() => Server.OpenCampaignAsync();

    public Task<HttpResponseMessage> SignAsync(JsonNode body) =>
        Http.PostAsJsonAsync($"/api/campaigns/{Slug}/signatures", body);
}
