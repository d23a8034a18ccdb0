using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Work;

/// <summary>Letters reach an administrator.</summary>
internal sealed class AdministratorsCheck(WorkInspection work) : ICheck
{
    public static string Name => "administrators";

    public Task<CheckResult> RunAsync(CancellationToken cancellation) =>
        Task.FromResult(
            work.CountReachedAdministrators() > 0
                ? CheckResult.Pass("An administrator has a confirmed e-mail address.")
                : CheckResult.Warn("No administrator has a confirmed e-mail address, so that no letter reaches one.")
        );
}
