using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Work;

/// <summary>Nothing is kept whose time ended hours ago.</summary>
internal sealed class RetentionCheck(WorkInspection work, TimeProvider time) : ICheck
{
    public static string Name => "retention";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        var overdue = work.FindOverdue(time.GetUtcNow());
        return Task.FromResult(
            overdue.Count > 0
                ? CheckResult.Fail($"Their time ended hours ago: {string.Join(", ", overdue)}.")
                : CheckResult.Pass("Nothing is kept beyond its time.")
        );
    }
}
