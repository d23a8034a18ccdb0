using Campaigns.Api.Http;
using Campaigns.Checks;

namespace Campaigns.Api.Doctor;

/// <summary>
/// The checks of a running server. They ask other servers, so that their results are kept for some
/// minutes. What keeps the server from being ready is read each time, from where
/// <c>/healthz/ready</c> reads it.
/// </summary>
internal sealed class RecentChecks(CheckRunner runner, Readiness readiness, TimeProvider time)
{
    private static readonly TimeSpan _kept = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _keptAtLeast = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Task<IReadOnlyList<CheckReport>>? _run;
    private long _startedAt;

    /// <param name="again">Also when the last results are not old.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<IReadOnlyList<CheckReport>> ReadAsync(bool again, CancellationToken cancellation)
    {
        var reports = (await RunAsync(again).WaitAsync(cancellation)).ToList();
        foreach (var (name, sentence) in readiness.FindWarnings())
            Replace(reports, new CheckReport(name, CheckState.Warn, sentence));
        foreach (var (name, sentence) in await readiness.FindProblemsAsync(cancellation))
            Replace(reports, new CheckReport(name, CheckState.Fail, sentence));
        return reports;
    }

    private Task<IReadOnlyList<CheckReport>> RunAsync(bool again)
    {
        lock (_gate)
        {
            if (_run is null || time.GetElapsedTime(_startedAt) > (again ? _keptAtLeast : _kept) || _run.IsFaulted)
            {
                _startedAt = time.GetTimestamp();
                _run = runner.RunAsync(deep: false, CancellationToken.None);
            }
            return _run;
        }
    }

    private static void Replace(List<CheckReport> reports, CheckReport report)
    {
        var at = reports.FindIndex(other => other.Name == report.Name);
        if (at < 0)
            reports.Insert(0, report);
        else if (reports[at].State < report.State)
            reports[at] = report;
    }
}
