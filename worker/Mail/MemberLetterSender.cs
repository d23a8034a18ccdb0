using System.Security.Cryptography;
using Campaigns.Db.Engine;
using Campaigns.Db.SignIn;
using Campaigns.Letters;
using Campaigns.Worker.Mail.Compose;
using Microsoft.Extensions.Logging;

namespace Campaigns.Worker.Mail;

/// <summary>
/// Sends due letters to members, over one connection because they are few. If the process is
/// killed, letters that were sent but not yet recorded are sent again with the same Message-ID.
/// </summary>
public sealed class MemberLetterSender(
    MemberLetterStore letters,
    MemberLetterWriter writer,
    IMailServer server,
    MailCircuitBreaker breaker,
    TimeProvider time,
    ILogger<MemberLetterSender> log
)
{
    // So few that they leave well within a lease.
    private const int Claimed = 5;

    /// <summary>True when letters are due; writes nothing.</summary>
    public bool HasWork() => letters.HasDue();

    /// <summary>Sends what is due while the mail server takes letters.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var owner = RandomNumberGenerator.GetHexString(32, lowercase: true);
        while (!breaker.IsOpen && !cancellationToken.IsCancellationRequested && HasWork())
        {
            // The lease is counted from before the claim, because the claim's result may arrive late.
            using var leased = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            leased.CancelAfter(Lease.Duration);
            var due = await letters.ClaimAsync(owner, Claimed, cancellationToken);
            await SendAsync(due, leased.Token);
        }
    }

    private async Task SendAsync(IReadOnlyList<DueMemberLetter> due, CancellationToken cancellationToken)
    {
        await using var recorder = new DeliveryRecorder<MemberLetterOutcome>(letters.MarkAsync);
        var byId = due.ToDictionary(letter => letter.Id);
        var ready = new List<MimeLetter>(due.Count);
        foreach (var letter in due)
        {
            if (letter.Obsolete is { } why)
                recorder.Add(new MemberLetterOutcome(letter, LetterRules.Cancel(why)));
            else if (letter.Email is null)
                recorder.Add(After(letter, DeliveryResult.Temporary, LetterRules.Unreadable));
            else if (writer.Write(letter) is { } mime)
                ready.Add(mime);
            else
                recorder.Add(After(letter, DeliveryResult.Permanent, LetterRules.BadAddress));
        }

        string? unavailable = null;
        using var conversation = breaker.Watch();
        await foreach (var delivery in server.SendAsync(ready, cancellationToken))
        {
            conversation.ReportReply();
            recorder.Add(After(byId[delivery.LetterId], delivery.Result, delivery.Status ?? ""));
            if (delivery.Result == DeliveryResult.NotTried)
                unavailable ??= delivery.Status;
            if (delivery.Result == DeliveryResult.Sent)
                breaker.Close();
        }
        if (unavailable is not null && !cancellationToken.IsCancellationRequested && breaker.Open(unavailable))
            log.MailServerUnavailable(unavailable);
    }

    private MemberLetterOutcome After(DueMemberLetter letter, DeliveryResult result, string status) =>
        new(
            letter,
            LetterRules.AfterDelivery(
                result,
                status,
                new LetterHistory(letter.CreatedAt, letter.Tries, letter.Failure),
                time.UtcNow(),
                Backoff.Jitter()
            )
        );
}
