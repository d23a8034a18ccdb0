using Campaigns.Db.Freezes;
using Campaigns.Db.Sendings;
using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Worker.Mail;

/// <summary>
/// Sends updates to subscribers, beside the letters that people wait for: over fewer connections,
/// and in groups so small that a pause or an end of a subscription counts within a second.
/// </summary>
public sealed class SendUpdatesJob(
    UpdateLetterStore letters,
    SendingAdvance sendings,
    UpdateLetterWriter writer,
    LetterDelivery delivery,
    MailCircuitBreaker breaker,
    FreezeStore freezes,
    TimeProvider time
) : IScheduledJob
{
    internal const int MaxConnections = 4;

    private static readonly TimeSpan _longestRun = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _group = TimeSpan.FromSeconds(1);

    /// <summary>
    /// True when a sending starts, ends or has letters that are due, and neither an outage nor a
    /// freeze pauses them; writes nothing.
    /// </summary>
    public bool HasWork() => MaySend() && (sendings.IsDue() || letters.CountDue(1) > 0);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        if (!MaySend())
            return;
        await sendings.RunAsync(cancellationToken);
        var lanes = new LetterLanes<DueUpdateLetter>(letters, writer.Write, delivery, new ClaimSize(_group), time)
        {
            MaxConnections = MaxConnections,
        };
        await lanes.RunAsync(
            () => MaySend() && !cancellationToken.IsCancellationRequested && time.GetElapsedTime(started) < _longestRun,
            cancellationToken
        );
        await sendings.RunAsync(cancellationToken);
    }

    private bool MaySend() => !breaker.IsOpen && !freezes.IsFrozen;
}
