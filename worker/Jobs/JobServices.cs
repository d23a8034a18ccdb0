using Campaigns.Db;
using Campaigns.Db.Freezes;
using Campaigns.Db.Packets;
using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.Common;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Campaigns.Worker.Jobs;

/// <summary>Registers the job board, its server, the timetable and the dispatcher.</summary>
internal static class JobServices
{
    /// <summary>
    /// For a process that runs jobs: board, job server, timetable, and the dispatcher with its
    /// sweep.
    /// </summary>
    public static IServiceCollection AddJobs(
        this IServiceCollection services,
        IConfiguration configuration,
        Action<ScheduleBuilder> timetable
    ) => services.AddTimetable(configuration, timetable).AddDispatcher(sweeps: true);

    /// <summary>
    /// The same without the dispatcher, which is the only part that needs a database.
    /// </summary>
    public static IServiceCollection AddTimetable(
        this IServiceCollection services,
        IConfiguration configuration,
        Action<ScheduleBuilder> timetable
    )
    {
        services.AddBoard(configuration);
        var schedule = services.AddLoops(timetable);
        var lines = schedule.Lines;
        services.AddSingleton(lines);
        services.AddReports(schedule);
        services.AddSingleton(provider => new ScheduledJobs(
            provider.GetRequiredService<JobRunner>(),
            provider.GetRequiredService<JumpResistantClock>(),
            lines
        ));
        services.AddHostedService<JobServer>();
        return services.AddHostedService<ScheduleTrigger>();
    }

    /// <summary>
    /// For a process that leaves jobs to workers. It runs only its loops, and puts work on a shared
    /// board, so that a worker starts it at once.
    /// </summary>
    /// <param name="services">The services of the process.</param>
    /// <param name="configuration">Its settings.</param>
    /// <param name="timetable">The loops that it runs.</param>
    /// <param name="workers">The timetable of workers, for the reports about jobs.</param>
    public static IServiceCollection AddJobsElsewhere(
        this IServiceCollection services,
        IConfiguration configuration,
        Action<ScheduleBuilder> timetable,
        Action<ScheduleBuilder> workers
    )
    {
        services.AddLoops(timetable);
        var elsewhere = new ScheduleBuilder(new ServiceCollection());
        workers(elsewhere);
        services.AddReports(elsewhere);
        return JobBoard.IsShared(configuration)
            ? services.AddBoard(configuration).AddDispatcher(sweeps: false)
            : services.AddJobsOptions(configuration);
    }

    private static ScheduleBuilder AddLoops(this IServiceCollection services, Action<ScheduleBuilder> timetable)
    {
        services.AddSingleton<JobFailureLog>().AddSingleton<CleanFailure>();
        services.AddSingleton<JobRuns>().AddSingleton<JobRunner>();
        var schedule = new ScheduleBuilder(services);
        timetable(schedule);
        return schedule;
    }

    private static void AddReports(this IServiceCollection services, ScheduleBuilder schedule) =>
        services.AddSingleton(provider => new JobReports(
            schedule.Lines,
            schedule.Loops,
            provider.GetRequiredService<JobRuns>(),
            provider.GetService<JobStorage>(),
            provider.GetService<JobStorageHealth>()
        ));

    public static IServiceCollection AddJobsOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<JobsOptions>().Bind(configuration.GetSection(JobsOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JobsOptions>, JobsOptionsRules>());
        return services;
    }

    // All services that Hangfire would read from static fields are registered here, because two servers may run in
    // one process.
    private static IServiceCollection AddBoard(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddJobsOptions(configuration);
        services.AddSingleton<JobStorageFactory>();
        services.AddSingleton(provider => provider.GetRequiredService<JobStorageFactory>().Open());
        services.AddSingleton<JobActivator>(provider => new AspNetCoreJobActivator(
            provider.GetRequiredService<IServiceScopeFactory>()
        ));
        services.AddSingleton<IJobFilterProvider>(
            new JobFilterProviderCollection(
                new JobFilterAttributeFilterProvider(),
                new JobFilterCollection { new JobHistory() }
            )
        );
        services.AddHangfire(
            (provider, hangfire) =>
                hangfire.UseLogProvider(
                    new JobLog(provider.GetRequiredService<ILoggerFactory>().CreateLogger("Hangfire"))
                )
        );
        services.AddSingleton<IBackgroundJobClientV2>(provider => new BackgroundJobClient(
            provider.GetRequiredService<JobStorage>(),
            provider.GetRequiredService<IJobFilterProvider>()
        ));
        services.AddSingleton<IRecurringJobManagerV2>(CreateManager);
        services.AddSingleton<JobStorageHealth>();
        services.AddSingleton<IHealthProblem>(provider => provider.GetRequiredService<JobStorageHealth>());
        services.AddSingleton<PacketTries>();
        services.AddSingleton(provider => new PacketJobs(
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<PacketQueue>(),
            provider.GetRequiredService<IBackgroundJobClientV2>(),
            provider.GetRequiredService<PacketTries>(),
            provider.GetRequiredService<CleanFailure>(),
            provider.GetRequiredService<FreezeStore>()
        ));
        services.AddSingleton(provider => new LetterJobs(
            provider.GetRequiredService<IServiceScopeFactory>(),
            provider.GetRequiredService<IRecurringJobManagerV2>(),
            provider.GetRequiredService<CleanFailure>()
        ));
        return services;
    }

    // Uses the product's TimeProvider instead of the system clock.
    private static RecurringJobManager CreateManager(IServiceProvider provider)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        return new RecurringJobManager(
            provider.GetRequiredService<JobStorage>(),
            provider.GetRequiredService<IJobFilterProvider>(),
            new DefaultTimeZoneResolver(),
            () => time.GetUtcNow().UtcDateTime
        );
    }

    private static IServiceCollection AddDispatcher(this IServiceCollection services, bool sweeps) =>
        services.AddSingleton<IHostedService>(provider => new WorkDispatcher(
            provider.GetRequiredService<Database>(),
            provider.GetRequiredService<PacketJobs>(),
            provider.GetRequiredService<LetterJobs>(),
            provider.GetRequiredService<JobStorageHealth>(),
            provider.GetRequiredService<JobFailureLog>(),
            sweeps
        ));
}
