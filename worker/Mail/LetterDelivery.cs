using Campaigns.Db.Letters;
using Campaigns.Letters;
using Campaigns.Worker.Mail.Compose;
using Campaigns.Worker.Telemetry;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Mail;

/// <summary>
/// Sends claimed letters of any kind over one connection and records the outcome of each. When the
/// mail server is unavailable, it opens the circuit breaker.
/// </summary>
public sealed class LetterDelivery(
    IMailServer server,
    MailCircuitBreaker breaker,
    TimeProvider time,
    ILogger<LetterDelivery> log
)
{
    /// <summary>
    /// Returns how many letters got a reply, once their outcomes are recorded.
    /// </summary>
    /// <param name="queue">The outbox of the letters.</param>
    /// <param name="due">The claimed letters.</param>
    /// <param name="write">Composes a letter; null when mail cannot be sent to its address.</param>
    /// <param name="cancellationToken">Cancelled when the lease of the letters ends.</param>
    public async Task<int> SendAsync<TLetter>(
        ILetterQueue<TLetter> queue,
        IReadOnlyList<TLetter> due,
        Func<TLetter, MimeLetter?> write,
        CancellationToken cancellationToken
    )
        where TLetter : IDueLetter
    {
        var replies = 0;
        await using var recorder = new DeliveryRecorder<LetterOutcome<TLetter>>(
            async (outcomes, cancellation) =>
            {
                await queue.MarkAsync(outcomes, cancellation);
                WorkerMeasures.AddLetters(outcomes);
            }
        );
        var byId = new Dictionary<long, TLetter>(due.Count);
        var ready = new List<MimeLetter>(due.Count);
        foreach (var letter in due)
        {
            if (letter.Obsolete is { } why)
            {
                recorder.Add(new LetterOutcome<TLetter>(letter, LetterRules.Cancel(why)));
            }
            else if (letter.Email is null)
            {
                recorder.Add(After(letter, DeliveryResult.Temporary, LetterRules.Unreadable));
            }
            else if (write(letter) is { } mime)
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

    private LetterOutcome<TLetter> After<TLetter>(TLetter letter, DeliveryResult result, string status)
        where TLetter : IDueLetter =>
        new(letter, LetterRules.AfterDelivery(result, status, letter.History, time.UtcNow(), Backoff.Jitter()));
}
