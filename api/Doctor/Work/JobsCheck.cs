using Campaigns.Checks;
using Campaigns.Worker.Jobs;

namespace Campaigns.Api.Doctor.Work;

/// <summary>Each job ran when it was due, and its last run succeeded.</summary>
internal sealed class JobsCheck(TimeProvider time, JobReports? reports = null) : ICheck
{
    // A job that waits for a long run of another is not late.
    private static readonly TimeSpan _spare = TimeSpan.FromMinutes(15);

    public static string Name => "jobs";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        if (reports is null)
            return Task.FromResult(CheckResult.Skipped("Only a server knows its jobs: they are on the screen System."));
        if (!reports.SeesBoard)
            return Task.FromResult(CheckResult.Skipped("A worker has the job board in its own memory."));
        var jobs = reports.Read();
        var failed = jobs.Where(job => job.Failed == true).Select(job => job.Name).ToList();
        var now = time.GetUtcNow();
        var late = jobs.Where(job => job.NextAt + _spare < now).Select(job => job.Name).ToList();
        return Task.FromResult(
            failed.Count > 0 ? CheckResult.Warn($"The last run failed of {string.Join(", ", failed)}.")
            : late.Count > 0 ? CheckResult.Warn($"The next run is late of {string.Join(", ", late)}.")
            : CheckResult.Pass($"{Plural.Count(jobs.Count, "job")}: no last run failed, and none is late.")
        );
    }
}
