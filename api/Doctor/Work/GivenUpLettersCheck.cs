using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Work;

/// <summary>Most letters of the last days were accepted.</summary>
internal sealed class GivenUpLettersCheck(WorkInspection work, TimeProvider time) : ICheck
{
    private const int Days = 7;

    public static string Name => "given-up-letters";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        var (all, givenUp) = work.CountLetters(Instant.Day(time.GetUtcNow()).AddDays(-Days));
        return Task.FromResult(
            new CheckResult(
                CheckLimits.GivenUpLetters(givenUp, all),
                $"Of {Plural.Count(all, "letter")} of the last {Days} days {givenUp} were refused or given up."
            )
        );
    }
}
