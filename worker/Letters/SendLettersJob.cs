using Campaigns.Db.Letters;
using Campaigns.Db.Writes;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Letters;

/// <summary>
/// Sends what is due, and claims no more after a minute: the job board then shows a run that ended,
/// and starts the next. When it is killed, letters that were handed over but not yet marked leave a
/// second time with the same Message-ID: better twice than never, because an acknowledged signature
/// hangs on its letter.
/// </summary>
public sealed class SendLettersJob(
    LetterStore letters,
    LetterWriter writer,
    IMailServer server,
    MailCircuitBreaker breaker,
    TimeProvider time,
    ILogger<SendLettersJob> log
) : IScheduledJob
{
    // Several sessions at once where enough letters are due: a server far away takes its time over each letter, and
    // while one lane waits for its claim to be on disk the others send.
    internal const int MaxConnections = 8;

    private const int Claim = 128;
    private static readonly TimeSpan _giveUpAfter = TimeSpan.FromDays(5);
    private static readonly TimeSpan _askAgain = TimeSpan.FromMinutes(15);

    /// <summary>After that time a run claims no more.</summary>
    internal static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(1);

    public TimeSpan RenewEvery { get; init; } = LetterStore.Lease / 3;

    /// <summary>
    /// True when letters are due and the mail server is not left alone; costs no write.
    /// </summary>
    public bool HasWork()
    {
        if (breaker.IsOpen)
            return false;
        if (letters.CountDue(1) > 0)
            return true;
        breaker.Close();
        return false;
    }

    public Task RunAsync(CancellationToken cancellationToken) => RunAsync(LongestRun, cancellationToken);

    /// <summary>Claims no more letters after that time; those in hand are still sent.</summary>
    public async Task RunAsync(TimeSpan longest, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        bool MayClaim() =>
            !breaker.IsOpen && !cancellationToken.IsCancellationRequested && time.GetElapsedTime(started) < longest;
        // A run may begin with the first letter of many: the lanes are counted again when more letters came
        // than they take.
        while (MayClaim())
        {
            var lanes = CountLanes();
            if (lanes == 0)
            {
                breaker.Close();
                return;
            }
            bool GoesOn() => MayClaim() && CountLanes() is var needed && needed > 0 && needed <= lanes;
            var running = Enumerable
                .Range(0, lanes)
                .Select(_ => Task.Run(() => DrainAsync(GoesOn, cancellationToken), CancellationToken.None));
            await Task.WhenAll(running);
        }
    }

    private int CountLanes() => (letters.CountDue(MaxConnections * Claim) + Claim - 1) / Claim;

    private async Task DrainAsync(Func<bool> goesOn, CancellationToken cancellationToken)
    {
        var owner = Guid.NewGuid().ToString("N");
        while (goesOn())
        {
            // The lease counts from before the claim at the earliest; the answer may have been long on its way.
            var asked = time.GetTimestamp();
            var due = await letters.ClaimAsync(owner, Claim, cancellationToken);
            using var done = new CancellationTokenSource();
            // Whoever stood still, or could not renew, for as long as the lease lasts: the letters are another's by
            // now, and that one sends them.
            using var leased = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ExtendLease(leased, asked);
            var renewing = RenewAsync(owner, [.. due.Select(letter => letter.Id)], leased, done.Token);
            try
            {
                await SendAsync(due, leased.Token);
            }
            finally
            {
                await done.CancelAsync();
                await renewing;
            }
        }
    }

    private async Task SendAsync(IReadOnlyList<DueLetter> due, CancellationToken cancellationToken)
    {
        await using var recorder = new DeliveryRecorder(letters);
        var byId = new Dictionary<long, DueLetter>(due.Count);
        var ready = new List<MimeLetter>(due.Count);
        foreach (var letter in due)
        {
            if (letter.Obsolete is { } why)
            {
                recorder.Add(LetterOutcome.Cancelled(letter, why));
            }
            else if (letter.Email is null)
            {
                recorder.Add(Later(letter, "unreadable"));
            }
            else if (writer.Write(letter) is { } mime)
            {
                byId.Add(letter.Id, letter);
                ready.Add(mime);
            }
            else
            {
                recorder.Add(LetterOutcome.Failed(letter, "5.1.3", noSuchMailbox: true));
            }
        }

        string? trouble = null;
        using var conversation = breaker.Watch();
        await foreach (var delivery in server.SendAsync(ready, cancellationToken))
        {
            conversation.ReportReply();
            recorder.Add(Outcome(byId[delivery.LetterId], delivery));
            if (delivery.Result == DeliveryResult.NotTried)
                trouble ??= delivery.Status;
            if (delivery.Result == DeliveryResult.Sent)
                breaker.Close();
        }
        if (trouble is null || cancellationToken.IsCancellationRequested)
            return;
        if (breaker.Open(trouble))
            log.MailServerUnavailable(trouble);
    }

    private LetterOutcome Outcome(DueLetter letter, DeliveryOutcome delivery)
    {
        var status = delivery.Status ?? "";
        switch (delivery.Result)
        {
            case DeliveryResult.Sent:
                return LetterOutcome.Sent(letter);
            case DeliveryResult.Permanent:
                return LetterOutcome.Failed(letter, status, NoSuchMailbox(status));
            case DeliveryResult.NotTried:
                return LetterOutcome.WithoutAttempt(letter);
            case DeliveryResult.Unknown when letter.Failure == LetterState.Unknown:
                return LetterOutcome.Unknown(letter, status);
            case DeliveryResult.Unknown:
                // Once more, with the same Message-ID: a second copy does no harm, a missing confirmation link loses a
                // signature.
                return LetterOutcome.Retry(letter, LetterState.Unknown, time.UtcNow() + _askAgain);
            default:
                return Later(letter, status);
        }
    }

    // A row that is damaged may be mended meanwhile, as a server that refuses may change its mind.
    private LetterOutcome Later(DueLetter letter, string status)
    {
        var dueAt = time.UtcNow() + Backoff.After(letter.Tries);
        return dueAt - letter.CreatedAt > _giveUpAfter
            ? LetterOutcome.Failed(letter, status)
            : LetterOutcome.Retry(letter, letter.Failure == LetterState.Unknown ? LetterState.Unknown : status, dueAt);
    }

    // RFC 3463: no such mailbox, no such host, bad syntax, mailbox moved, domain takes no mail (RFC 7505). Not 5.1.7
    // and 5.1.8: those are our sender.
    private static bool NoSuchMailbox(string status) => status is "5.1.1" or "5.1.2" or "5.1.3" or "5.1.6" or "5.1.10";

    private void ExtendLease(CancellationTokenSource leased, long since)
    {
        var left = LetterStore.Lease - time.GetElapsedTime(since);
        leased.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private async Task RenewAsync(
        string owner,
        IReadOnlyList<long> ids,
        CancellationTokenSource leased,
        CancellationToken done
    )
    {
        try
        {
            while (true)
            {
                await Task.Delay(RenewEvery, done);
                try
                {
                    var asked = time.GetTimestamp();
                    if (await letters.RenewAsync(owner, ids, done) > 0)
                    {
                        ExtendLease(leased, asked);
                        continue;
                    }
                    // All marked, or another's by now.
                    await leased.CancelAsync();
                    return;
                }
                catch (Exception exception) when (exception is OverloadedException or StorageException)
                {
                    // The lease outlives a few renewals that found no room.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The letters are marked.
        }
    }
}
