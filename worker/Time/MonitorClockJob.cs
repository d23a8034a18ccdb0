using Campaigns.Db;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Time;

/// <summary>
/// Logs when the machine's clock is no longer trusted and when it is trusted again. Resets rows
/// with future dates from a clock that was ahead, and saves the time for the next start.
/// </summary>
public sealed class MonitorClockJob(
    JumpResistantClock clock,
    ClockStore store,
    ClockMonitor monitor,
    TimeProvider time,
    ILogger<MonitorClockJob> log
) : IScheduledJob
{
    private static readonly TimeSpan _saveEvery = TimeSpan.FromMinutes(10);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (clock.Problem is { } problem)
        {
            if (!monitor.Doubted)
                log.ClockDoubted(problem);
            monitor.Doubted = true;
            return;
        }
        var now = time.UtcNow();
        if (monitor.Doubted)
            log.ClockBelieved(now);
        monitor.Doubted = false;
        // At the start and after the clock was set back, future dates come from a clock that was ahead.
        if (monitor.SavedAt is not { } saved || now < saved)
        {
            var rows = await store.ResetFutureDatesAsync(cancellationToken);
            if (rows > 0)
                log.BroughtBack(rows);
        }
        else if (now - saved < _saveEvery)
        {
            return;
        }
        await store.SaveAsync(cancellationToken);
        monitor.SavedAt = now;
    }
}
