using Campaigns.Db;
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
    /// <summary>
    /// The clock without jumps, for a process that serves. Goes before everything that asks for the
    /// time.
    /// </summary>
    public static IServiceCollection AddSteadyClock(this IServiceCollection services) =>
        services
            .AddSingleton(_ => new JumpResistantClock(TimeProvider.System))
            .AddSingleton<TimeProvider>(provider => provider.GetRequiredService<JumpResistantClock>())
            .AddSingleton<IHealthProblem>(provider => provider.GetRequiredService<JumpResistantClock>());

    /// <summary>
    /// Opens the database now: a start that cannot go on should say so before anything else
    /// happens.
    /// </summary>
    public static void OpenDatabase(this IServiceProvider services)
    {
        services.GetRequiredService<Database>();
        services
            .GetRequiredService<JumpResistantClock>()
            .StartFrom(services.GetRequiredService<ClockStore>().FindLastSeen());
    }

    /// <summary>The jobs and the clock that calls them.</summary>
    public static IServiceCollection AddWorker(this IServiceCollection services, IConfiguration configuration) =>
        services.AddWorkerJobs(configuration).AddSchedule(configuration);

    /// <summary>
    /// The jobs without the clock, for commands and tests that call them by hand.
    /// </summary>
    public static IServiceCollection AddWorkerJobs(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ClockMonitor>();
        services.TryAddSingleton(_ => new JumpResistantClock(TimeProvider.System));
        return services.AddLetters(configuration).AddPackets();
    }
}
