using Campaigns.Tests.Infrastructure;
using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Tests.Http.Jobs;

/// <summary>The job board of a server as Hangfire reads it.</summary>
internal static class JobBoardApi
{
    public static IMonitoringApi Of(CampaignServer server) =>
        server.Services.GetRequiredService<JobStorage>().GetMonitoringApi();
}
