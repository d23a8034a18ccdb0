using Campaigns.Worker.Letters;
using Campaigns.Worker.Packets;
using Campaigns.Worker.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Campaigns.Worker;

/// <summary>Registers all that happens later, on a clock.</summary>
public static class WorkerServices
{
    /// <summary>The jobs and the clock that calls them.</summary>
    public static IServiceCollection AddWorker(this IServiceCollection services, IConfiguration configuration) =>
        services.AddWorkerJobs(configuration).AddClock();

    /// <summary>The jobs without the clock, for commands and tests that call them by hand.</summary>
    public static IServiceCollection AddWorkerJobs(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<WatchedClock>();
        services.TryAddSingleton(_ => new SteadyClock(TimeProvider.System));
        return services.AddLetters(configuration).AddPackets();
    }
}
