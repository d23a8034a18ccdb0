using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Work;

/// <summary>Each ledger can be continued.</summary>
internal sealed class LedgerCheck(WorkInspection work) : ICheck
{
    public static string Name => "ledger";

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        var behind = work.FindBehind();
        var damaged = work.CountDamagedEntries();
        return Task.FromResult(
            behind.Count > 0
                ? CheckResult.Fail($"The database is behind the published ledger of {string.Join(", ", behind)}.")
            : damaged > 0
                ? CheckResult.Fail($"{damaged} queued ledger entries cannot be sealed, because their rows are damaged.")
            : CheckResult.Pass("Each ledger can be continued.")
        );
    }
}
