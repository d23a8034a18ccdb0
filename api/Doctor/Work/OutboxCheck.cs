using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Work;

/// <summary>Letters leave soon after they are due.</summary>
internal sealed class OutboxCheck(WorkInspection work, TimeProvider time) : ICheck
{
    public static string Name => "outbox";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        var age = time.GetUtcNow() - work.OldestDueLetter();
        return Task.FromResult(
            age is not { } late || late < TimeSpan.Zero
                ? CheckResult.Pass("No letter waits.")
                : new CheckResult(
                    CheckLimits.OldestLetter(late),
                    $"The oldest letter has been due for {Plural.Count((long)late.TotalMinutes, "minute")}."
                )
        );
    }
}
