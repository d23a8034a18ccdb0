using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Work;

/// <summary>The lines of each ledger give the root of its newest head.</summary>
internal sealed class LedgerRebuildCheck(LedgerInspection ledger) : ICheck
{
    public static string Name => "ledger-rebuild";

    public static bool IsDeep => true;

    public Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        var (wrong, lines) = ledger.Rebuild(cancellation);
        return Task.FromResult(
            wrong.Count > 0
                ? CheckResult.Fail($"The lines do not give the head of the ledger of {string.Join(", ", wrong)}.")
                : CheckResult.Pass($"{Plural.Count(lines, "line")}: each ledger gives the root of its newest head.")
        );
    }
}
