using Campaigns.Db.Invalidations;
using Campaigns.Db.Operations.KeyRotation;
using Campaigns.Db.Operations.ScheduledBackups;
using Campaigns.Db.Staff;
using Campaigns.Db.Subscribers;
using Campaigns.Worker.Backups;
using Campaigns.Worker.Counts;
using Campaigns.Worker.Invalidations;
using Campaigns.Worker.Jobs;
using Campaigns.Worker.Keys;
using Campaigns.Worker.Ledger;
using Campaigns.Worker.Mail;
using Campaigns.Worker.Mail.Folder;
using Campaigns.Worker.Packets;
using Campaigns.Worker.Retention;
using Campaigns.Worker.Sharing;
using Campaigns.Worker.Subscribers;
using Campaigns.Worker.Time;
using Campaigns.Worker.Timeline;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Campaigns.Worker;

/// <summary>
/// The whole timetable on one screen. Only this file and the folder <c>Jobs</c> know Hangfire
/// (docs/adr/0011). Pending work is in rows, so a missed or late run loses nothing. Packets and
/// letters are not in the timetable, because rows start them (<see cref="WorkDispatcher"/>).
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
        schedule.Loop<SnapshotCountsJob>(_tenSeconds);
        schedule.Loop<FlushSharesJob>(_tenSeconds);

        schedule.Every<ReencryptJob>("reencrypt", _tenSeconds, onlyWhen: services =>
            services.GetRequiredService<ReencryptionStore>().IsDue()
        );
        schedule.Every<RunInvalidationsJob>("run-invalidations", _second, onlyWhen: services =>
            services.GetRequiredService<InvalidationQueue>().FindWaiting().Count > 0
        );
        schedule.Every<LinkAuditJob>("link-audit", _second, onlyWhen: services =>
            services.GetRequiredService<AuditChainStore>().HasWaiting()
        );
        schedule.Every<SendUpdatesJob>("send-updates", _second, onlyWhen: services =>
            services.GetRequiredService<SendUpdatesJob>().HasWork()
        );
        // Also without a trusted clock, because an old backup is the greater loss.
        schedule.Every<MakeBackupJob>("make-backup", _minute, onlyWhen: services =>
            services.GetRequiredService<ScheduledBackups>().IsDue()
        );
        schedule.Every<SweepPacketsJob>("sweep-packets", _minute);
        schedule.Every<RecordMilestonesJob>("record-milestones", _minute);
        schedule.Every<SubscribeSignersJob>("subscribe-signers", _minute, onlyWhen: services =>
            services.GetRequiredService<SubscriberWalk>().FindBehind().Count > 0
        );
        schedule.Every<RequeueRepairedJob>("queue-repaired-entries", _minute);
        schedule.EveryWhenClockTrusted<ExpirePendingJob>("expire-pending", _minute);
        // Also without a trusted clock: a key destroyed too early makes a count wrong, but a key destroyed too late
        // exposes network addresses.
        schedule.Every<DestroyNetworkKeysJob>("destroy-network-keys", _hour);
        schedule.EveryWhenClockTrusted<ForgetSuppressionsJob>("forget-suppressions", _hour);
        schedule.EveryWhenClockTrusted<ForgetMailboxesJob>("forget-mailboxes", _hour);
        schedule.EveryWhenClockTrusted<ForgetIdempotencyKeysJob>("forget-idempotency-keys", _hour);
        schedule.EveryWhenClockTrusted<ForgetAccessJob>("forget-access", _hour);
        schedule.EveryWhenClockTrusted<ForgetAuditJob>("forget-audit", _hour);
        schedule.EveryWhenClockTrusted<EndSubscriptionsJob>("end-subscriptions", _hour);
        schedule.EveryWhenClockTrusted<ForgetUpdateLettersJob>("forget-update-letters", _hour);
        schedule.EveryWhenClockTrusted<EndPacketsJob>("end-packets", _hour);
        schedule.EveryWhenClockTrusted<EndUndoJob>("end-undo", _hour);
        schedule.EveryWhenClockTrusted<EraseAfterJob>("erase-after", _hour);
        schedule.EveryWhenClockTrusted<EraseHandoverNotesJob>("erase-handover-notes", _hour);
        schedule.EveryWhenClockTrusted<RemindOfAnswersJob>("remind-of-answers", _hour);
        schedule.EveryWhenClockTrusted<SweepEvidenceJob>("sweep-evidence", _hour);
        schedule.EveryWhenClockTrusted<SweepMailFolderJob>("sweep-mail-folder", _hour);
        schedule.EveryWhenClockTrusted<FoldHoursJob>("fold-hours", _hour);
        schedule.Every<RecountJob>("recount", _hour);
        schedule.Every<ReportLostJournalJob>("report-lost-journal", _hour);
    }

    // For an API without a worker: the jobs that each process must run itself.
    private static void ApiOnlyTimetable(ScheduleBuilder schedule)
    {
        schedule.Loop<RefreshKeysJob>(_tenSeconds);
        schedule.Loop<MonitorClockJob>(_tenSeconds);
        schedule.Loop<FlushSharesJob>(_tenSeconds);
    }

    /// <summary>
    /// Adds all scheduled jobs. On shutdown running jobs are cancelled, and the host waits for
    /// them.
    /// </summary>
    public static IServiceCollection AddSchedule(this IServiceCollection services, IConfiguration configuration) =>
        services.AddJobs(configuration, WorkerTimetable);

    /// <summary>
    /// For a process without a worker: it only monitors its clock and refreshes its keys.
    /// </summary>
    public static IServiceCollection AddApiOnlySchedule(
        this IServiceCollection services,
        IConfiguration configuration
    ) => services.AddJobsElsewhere(configuration, ApiOnlyTimetable, WorkerTimetable);
}
