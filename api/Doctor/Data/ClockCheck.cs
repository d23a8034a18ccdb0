using Campaigns.Api.Doctor.Web;
using Campaigns.Checks;
using Campaigns.Db.Inspection;

namespace Campaigns.Api.Doctor.Data;

/// <summary>
/// The machine's clock agrees with those that it can be compared with: PostgreSQL, the last time
/// that a server trusted, and the server at <c>PublicUrl</c>.
/// </summary>
internal sealed class ClockCheck(EngineInspection engine, PublicAddressProbe probe, TimeProvider time) : ICheck
{
    public static string Name => "clock";

    public async Task<CheckResult> RunAsync(CancellationToken cancellation)
    {
        List<(string Of, TimeSpan Difference)> compared = [];
        if (engine.Now() is { } now)
            compared.Add(("PostgreSQL", time.GetUtcNow() - now));
        if (engine.LastSeen() is { } seen && seen > time.GetUtcNow())
            compared.Add(("the last run of a server, which was later", time.GetUtcNow() - seen));
        // HTTP dates have whole seconds.
        if ((await probe.AskAsync(cancellation)).Date is { } date)
            compared.Add(("the server at PublicUrl", date.At - date.Date + TimeSpan.FromMilliseconds(-500)));
        if (compared.Count == 0)
            return CheckResult.Skipped("Nothing was there to compare the clock with.");
        var worst = compared.MaxBy(one => one.Difference.Duration());
        return new CheckResult(
            CheckLimits.Clock(worst.Difference),
            FormattableString.Invariant(
                $"This machine's clock differs by {worst.Difference.Duration().TotalSeconds:0.#} s from {worst.Of}."
            )
        );
    }
}
