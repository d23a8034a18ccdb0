using Campaigns.Db;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Time;

/// <summary>
/// Says when the machine's clock is doubted and when it is believed again, brings back rows that a
/// clock which was ahead put off, and keeps for the next start what time it is.
/// </summary>
public sealed class MonitorClockJob(
    JumpResistantClock clock,
    ClockStore store,
    ClockMonitor watched,
    TimeProvider time,
    ILogger<MonitorClockJob> log
) : IScheduledJob
{
    private static readonly TimeSpan _keepEvery = TimeSpan.FromMinutes(10);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (clock.Problem is { } doubt)
        {
            if (!watched.Doubted)
                log.ClockDoubted(doubt);
            watched.Doubted = true;
            return;
        }
        var now = time.UtcNow();
        if (watched.Doubted)
            log.ClockBelieved(now);
        watched.Doubted = false;
        // At the start, and when the clock was put back: what stands ahead of it was dated by another.
        if (watched.KeptAt is not { } kept || now < kept)
        {
            var rows = await store.ResetFutureDatesAsync(cancellationToken);
            if (rows > 0)
                log.BroughtBack(rows);
        }
        else if (now - kept < _keepEvery)
        {
            return;
        }
        await store.SaveAsync(cancellationToken);
        watched.KeptAt = now;
    }
}

/// <summary>What the job found last time. One for the process.</summary>
public sealed class ClockMonitor
{
    internal bool Doubted { get; set; }

    internal DateTimeOffset? KeptAt { get; set; }
}
