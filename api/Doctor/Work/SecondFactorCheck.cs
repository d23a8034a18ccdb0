using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Work;

/// <summary>Each member who signs in has a second factor.</summary>
internal sealed class SecondFactorCheck(WorkInspection work) : ICheck
{
    public static string Name => "second-factor";

    public Task<CheckResult> RunAsync(CancellationToken cancellation) =>
        Task.FromResult(
            work.CountMembersWithOneFactor() is > 0 and var members
                ? CheckResult.Warn($"{Plural.Count(members, "member")} of staff can sign in with a password alone.")
                : CheckResult.Pass("No member of staff signs in with a password alone.")
        );
}
