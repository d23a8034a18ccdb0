using Campaigns.Tests.Infrastructure;

namespace Campaigns.Tests.Http.Server;

/// <summary>What the log contains about requests.</summary>
public sealed class RequestLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("campaign-log-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Successful_request_is_logged_only_on_request_and_without_its_path(bool asked)
    {
        await using var server = await CampaignProcess.ServeAsync(
            _folder,
            asked ? ["--Logging:LogLevel:Campaigns.Api.Requests=Information"] : []
        );
        await CampaignServer.Expect(404, await server.Http.GetAsync("/api/campaigns/somewhere/counts"));
        await CampaignServer.Expect(404, await server.Http.GetAsync("/calendar/somewhere.ics"));
        await server.StopAsync();
        Assert.DoesNotContain("somewhere", server.Output + server.Errors, StringComparison.Ordinal);
        Assert.Equal(asked, server.Output.Contains("GET /api/campaigns/{slug}/counts 404", StringComparison.Ordinal));
        Assert.Equal(asked, server.Output.Contains("GET /calendar/{token}.ics 404", StringComparison.Ordinal));
    }
}
