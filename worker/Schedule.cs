using Campaigns.Db.Keys;
using Campaigns.Worker.Campaigns;
using Campaigns.Worker.Counts;
using Campaigns.Worker.Jobs;
using Campaigns.Worker.Keys;
using Campaigns.Worker.Ledger;
using Campaigns.Worker.Letters.Folder;
using Campaigns.Worker.Packets;
using Campaigns.Worker.Signatures;
using Campaigns.Worker.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Worker;

/// <summary>
/// The whole timetable on one screen. With the folder <c>Jobs</c> it is the only place that knows
/// Hangfire (docs/adr/0011). What is to be done are rows: a run that is missed or comes late loses
/// nothing. Packets and letters are not in it: rows start them (<see cref="WorkDispatcher"/>).
/// </summary>
public static class Schedule
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _tenSeconds = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    private static void WorkerTimetable(ScheduleBuilder schedule)
    {
        schedule.Loop<SealLedgerJob>(_second);
        schedule.Loop<RefreshKeysJob>(_tenSeconds);
        schedule.Loop<MonitorClockJob>(_tenSeconds);

        schedule.Every<ReencryptJob>("reencrypt", _tenSeconds, onlyWhen: services =>
            services.GetRequiredService<ReencryptionStore>().IsDue()
        );
        schedule.Every<SweepPacketsJob>("sweep-packets", _minute);
        schedule.Every<RequeueRepairedJob>("queue-repaired-entries", _minute);
        schedule.EveryWhenClockTrusted<ExpirePendingJob>("expire-pending", _minute);
        // Whatever the clock says: a key destroyed too early costs a count, one kept too long an address.
        schedule.Every<DestroyNetworkKeysJob>("destroy-network-keys", _hour);
        schedule.EveryWhenClockTrusted<ForgetSuppressionsJob>("forget-suppressions", _hour);
        schedule.EveryWhenClockTrusted<EraseAfterJob>("erase-after", _hour);
        schedule.EveryWhenClockTrusted<SweepMailFolderJob>("sweep-mail-folder", _hour);
        schedule.Every<RecountJob>("recount", _hour);
    }

    // An API whose worker is another process: what no other process can do for it.
    private static void ApiOnlyTimetable(ScheduleBuilder schedule)
    {
        schedule.Loop<RefreshKeysJob>(_tenSeconds);
        schedule.Loop<MonitorClockJob>(_tenSeconds);
    }

    /// <summary>
    /// All that happens later. On shutdown running jobs are asked to stop and waited for.
    /// </summary>
    public static IServiceCollection AddSchedule(this IServiceCollection services, IConfiguration configuration) =>
        services.AddJobs(configuration, WorkerTimetable);

    /// <summary>
    /// For a process that leaves the work to others: it only watches its own time and keys.
    /// </summary>
    public static IServiceCollection AddApiOnlySchedule(
        this IServiceCollection services,
        IConfiguration configuration
    ) => services.AddJobsElsewhere(configuration, ApiOnlyTimetable);
}
