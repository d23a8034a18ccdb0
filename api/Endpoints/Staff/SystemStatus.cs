using System.Reflection;
using System.Runtime.InteropServices;
using Campaigns.Api.Doctor;
using Campaigns.Api.Http;
using Campaigns.Db;
using Campaigns.Db.Keys;
using Campaigns.Db.Operations;
using Campaigns.Db.Operations.ScheduledBackups;
using Campaigns.Worker.Jobs;
using Microsoft.Extensions.Options;

namespace Campaigns.Api.Endpoints.Staff;

/// <summary>Collects what the endpoint and the screen show of the running program.</summary>
internal sealed class SystemStatus(
    Readiness readiness,
    RecentChecks checks,
    Database database,
    IOptions<DatabaseOptions> options,
    KeyStore keys,
    JobReports jobs,
    BackupLog backups,
    ScheduledBackups scheduled,
    TimeProvider time
)
{
    private static readonly string _version = typeof(SystemStatus)
        .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
        .InformationalVersion;

    /// <param name="again">Runs the checks also when their results are not old.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<SystemView> ReadAsync(bool again, CancellationToken cancellation)
    {
        var problems = await readiness.FindProblemsAsync(cancellation);
        var status = database.ReadStatus();
        var versions = keys.List();
        return new SystemView(
            time.UtcNow(),
            [.. problems.Select(problem => new SystemProblemView(problem.Key, problem.Value))],
            [.. readiness.FindWarnings().Select(warning => new SystemProblemView(warning.Key, warning.Value))],
            [.. (await checks.ReadAsync(again, cancellation)).Select(CheckView.From)],
            new ProgramView(_version, RuntimeInformation.FrameworkDescription),
            new DatabaseView(options.Value.Provider, status.Version, status.Bytes, status.Migration, status.MigratedAt),
            Backup(),
            [
                .. versions.Select(key =>
                    StoredKeyView.From(key, versions.Last(other => other.Kind == key.Kind).Version == key.Version)
                ),
            ],
            jobs.SeesBoard,
            [.. jobs.Read().Select(JobView.From)]
        );
    }

    private BackupView Backup()
    {
        var last = backups.LastBackup();
        var drill = backups.LastDrill();
        var attempt = scheduled.FindLast();
        return new BackupView(
            last is null || attempt?.MadeAt > last ? attempt?.MadeAt : last,
            drill?.At,
            drill?.Succeeded,
            attempt?.MadeAt,
            attempt?.Bytes
        );
    }
}
