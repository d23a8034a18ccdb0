using System.Security.Cryptography;
using Campaigns.Db.Engine;
using Campaigns.Db.Freezes;
using Campaigns.Db.Letters;
using Campaigns.Letters;
using Campaigns.Worker.Mail.Compose;
using Microsoft.Extensions.Logging;

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
    MemberLetterSender members,
    IMailServer server,
    MailCircuitBreaker breaker,
    FreezeStore freezes,
    ClaimSize claim,
    TimeProvider time,
    ILogger<SendLettersJob> log
) : IScheduledJob
{
    // Many due letters use several connections, because each letter waits for the server's replies. While one
    // connection waits for its claim to be on disk, the others send.
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
        if (letters.CountDue(1) > 0 || members.HasWork())
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
        if (freezes.IsFrozen)
            return;
        // They are few, and must not wait behind those of a campaign.
        await members.RunAsync(cancellationToken);
        // A run may begin with the first letter of many. When more letters are due than these connections serve,
        // they finish and the run counts the needed connections again.
        while (MayClaim())
        {
            var connections = CountConnections();
            if (connections == 0)
            {
                breaker.Close();
                return;
            }
            bool Continues() => MayClaim() && CountConnections() is var needed && needed > 0 && needed <= connections;
            var running = Enumerable
                .Range(0, connections)
                .Select(_ => Task.Run(() => DrainAsync(Continues, cancellationToken), CancellationToken.None));
            await Task.WhenAll(running);
        }
    }

    private int CountConnections() =>
        (letters.CountDue(MaxConnections * ClaimSize.Most) + ClaimSize.Most - 1) / ClaimSize.Most;

    private async Task DrainAsync(Func<bool> continues, CancellationToken cancellationToken)
    {
        var owner = RandomNumberGenerator.GetHexString(32, lowercase: true);
        while (continues())
        {
            // The lease is counted from before the claim, because the claim's result may arrive late.
            var claimedAt = time.GetTimestamp();
            var due = await letters.ClaimAsync(owner, claim.Letters, cancellationToken);
            using var done = new CancellationTokenSource();
            // Cancelled when the lease expires, because another worker may then have claimed these letters.
            using var leased = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ExtendLease(leased, claimedAt);
            var renewing = RenewAsync(owner, [.. due.Select(letter => letter.Id)], leased, done.Token);
            try
            {
                var replies = await SendAsync(due, leased.Token);
                claim.Measure(replies, time.GetElapsedTime(claimedAt));
            }
            finally
            {
                await done.CancelAsync();
                await renewing;
            }
        }
    }

    // Returns how many letters got a reply, once their outcomes are recorded.
    private async Task<int> SendAsync(IReadOnlyList<DueLetter> due, CancellationToken cancellationToken)
    {
        var replies = 0;
        await using var recorder = new DeliveryRecorder<LetterOutcome>(letters.MarkAsync);
        var byId = new Dictionary<long, DueLetter>(due.Count);
        var ready = new List<MimeLetter>(due.Count);
        foreach (var letter in due)
        {
            if (letter.Obsolete is { } why)
            {
                recorder.Add(new LetterOutcome(letter, LetterRules.Cancel(why)));
            }
            else if (letter.Email is null)
            {
                recorder.Add(After(letter, DeliveryResult.Temporary, LetterRules.Unreadable));
            }
            else if (writer.Write(letter) is { } mime)
            {
                byId.Add(letter.Id, letter);
                ready.Add(mime);
            }
            else
            {
                recorder.Add(After(letter, DeliveryResult.Permanent, LetterRules.BadAddress));
            }
        }

        string? unavailable = null;
        using var conversation = breaker.Watch();
        await foreach (var delivery in server.SendAsync(ready, cancellationToken))
        {
            conversation.ReportReply();
            recorder.Add(After(byId[delivery.LetterId], delivery.Result, delivery.Status ?? ""));
            if (delivery.Result == DeliveryResult.NotTried)
                unavailable ??= delivery.Status;
            else
                replies++;
            if (delivery.Result == DeliveryResult.Sent)
                breaker.Close();
        }
        if (unavailable is not null && !cancellationToken.IsCancellationRequested && breaker.Open(unavailable))
            log.MailServerUnavailable(unavailable);
        return replies;
    }

    private LetterOutcome After(DueLetter letter, DeliveryResult result, string status) =>
        new(
            letter,
            LetterRules.AfterDelivery(
                result,
                status,
                new LetterHistory(letter.TurnAt ?? letter.CreatedAt, letter.Tries, letter.Failure),
                time.UtcNow(),
                Backoff.Jitter()
            )
        );

    private void ExtendLease(CancellationTokenSource leased, long since)
    {
        var left = Lease.Duration - time.GetElapsedTime(since);
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
                    var renewedAt = time.GetTimestamp();
                    if (await letters.RenewAsync(owner, ids, done) > 0)
                    {
                        ExtendLease(leased, renewedAt);
                        continue;
                    }
                    // All letters are recorded, or another worker has claimed them.
                    await leased.CancelAsync();
                    return;
                }
                catch (Exception exception) when (exception is OverloadedException or StorageException)
                {
                    // The lease is long enough for a few failed renewals.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The letters are recorded.
        }
    }
}
