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
        Slug = await OpenAsync();
        Staff = await Server.StaffAsync();
    }

    public virtual async Task DisposeAsync()
    {
        Staff.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>Opens the campaign and returns its slug.</summary>
    protected virtual Task<string> OpenAsync() => Server.OpenCampaignAsync();

    public Task<HttpResponseMessage> SignAsync(JsonNode body) =>
        Http.PostAsJsonAsync($"/api/campaigns/{Slug}/signatures", body);
}
