using Campaigns.Db;
using Campaigns.Worker.Jobs;
using Campaigns.Worker.Ledger;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Packets;
using Campaigns.Worker.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Campaigns.Worker;

/// <summary>Registers the background jobs and the clock.</summary>
public static class WorkerServices
{
    /// <summary>
    /// Registers the jump-resistant clock for a process that serves. Must come before all services
    /// that read the time.
    /// </summary>
    public static IServiceCollection AddSteadyClock(this IServiceCollection services) =>
        services
            .AddSingleton(_ => new JumpResistantClock(TimeProvider.System))
            .AddSingleton<TimeProvider>(provider => provider.GetRequiredService<JumpResistantClock>())
            .AddSingleton<IHealthProblem, ClockHealth>();

    /// <summary>
    /// Opens the database now, so that a start that must fail does so before anything else happens.
    /// </summary>
    public static void OpenDatabase(this IServiceProvider services)
    {
        services.GetRequiredService<Database>();
        services
            .GetRequiredService<JumpResistantClock>()
            .StartFrom(services.GetRequiredService<ClockStore>().FindLastSeen());
    }

    /// <summary>
    /// Registers the comparison of ledger and journal at the start. Must come before the jobs and
    /// the web server, because hosted services start in the order of their registration.
    /// </summary>
    public static IServiceCollection AddLedgerRecovery(this IServiceCollection services) =>
        services.AddHostedService<LedgerRecoveryService>();

    /// <summary>Registers the jobs and the timetable that runs them.</summary>
    public static IServiceCollection AddWorker(this IServiceCollection services, IConfiguration configuration) =>
        services.AddWorkerJobs(configuration).AddSchedule(configuration);

    /// <summary>
    /// Registers the settings of the job board, for a process that has none.
    /// </summary>
    public static IServiceCollection AddJobSettings(this IServiceCollection services, IConfiguration configuration) =>
        services.AddJobsOptions(configuration);

    /// <summary>
    /// Registers the jobs without the timetable, for commands and tests that call them directly.
    /// </summary>
    public static IServiceCollection AddWorkerJobs(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ClockMonitor>();
        services.TryAddSingleton(_ => new JumpResistantClock(TimeProvider.System));
        return services.AddLetters(configuration).AddPackets(configuration);
    }
}
