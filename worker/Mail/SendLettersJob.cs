using Campaigns.Db.Engine;
using Campaigns.Db.Freezes;
using Campaigns.Db.Letters;
using Campaigns.Db.SignIn;
using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Worker.Mail;

/// <summary>
/// Sends due letters and claims no more after a minute: the job board then shows a finished run and
/// starts the next. If the process is killed, letters that were sent but not yet recorded are sent
/// again with the same Message-ID. A second copy is better than none, because an acknowledged
/// signature depends on its letter.
/// </summary>
public sealed class SendLettersJob(
    LetterStore letters,
    LetterWriter writer,
    MemberLetterStore memberLetters,
    MemberLetterWriter memberWriter,
    LetterDelivery delivery,
    MailCircuitBreaker breaker,
    FreezeStore freezes,
    ClaimSize claim,
    TimeProvider time
) : IScheduledJob
{
    internal const int MaxConnections = 8;

    /// <summary>After this time a run claims no more letters.</summary>
    internal static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(1);

    public TimeSpan RenewEvery { get; init; } = Lease.Duration / 3;

    /// <summary>
    /// True when letters are due, and neither an outage nor a freeze pauses them; writes nothing.
    /// </summary>
    public bool HasWork()
    {
        if (breaker.IsOpen || freezes.IsFrozen)
            return false;
        if (HasDue())
            return true;
        breaker.Close();
        return false;
    }

    public Task RunAsync(CancellationToken cancellationToken) => RunAsync(LongestRun, cancellationToken);

    /// <summary>Claims no more letters after that time; claimed letters are still sent.</summary>
    public async Task RunAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        bool MayClaim() =>
            !breaker.IsOpen
            && !freezes.IsFrozen
            && !cancellationToken.IsCancellationRequested
            && time.GetElapsedTime(started) < longest;
        // Letters to members are few, and must not wait behind those of a campaign.
        await Lanes(memberLetters, memberWriter.Write, 1).RunAsync(MayClaim, cancellationToken);
        await Lanes(letters, writer.Write, MaxConnections).RunAsync(MayClaim, cancellationToken);
        // Nothing waits: the next pause after an outage is the shortest again.
        if (MayClaim() && !HasDue())
            breaker.Close();
    }

    private bool HasDue() => letters.CountDue(1) > 0 || memberLetters.CountDue(1) > 0;

    private LetterLanes<TLetter> Lanes<TLetter>(
        ILetterQueue<TLetter> queue,
        Func<TLetter, MimeLetter?> write,
        int connections
    )
        where TLetter : IDueLetter =>
        new(queue, write, delivery, claim, time) { MaxConnections = connections, RenewEvery = RenewEvery };
}
