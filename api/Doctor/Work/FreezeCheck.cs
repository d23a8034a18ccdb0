using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Work;

/// <summary>The operator has not stopped the installation.</summary>
internal sealed class FreezeCheck(WorkInspection work, TimeProvider time) : ICheck
{
    public static string Name => "freeze";

    public Task<CheckResult> RunAsync(CancellationToken cancellation) =>
        Task.FromResult(
            work.IsFrozen(time.GetUtcNow())
                ? CheckResult.Warn("The installation is frozen: it takes no signatures and sends no letters.")
                : CheckResult.Pass("The installation is not frozen.")
        );
}
