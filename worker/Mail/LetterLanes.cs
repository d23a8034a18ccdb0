using System.Security.Cryptography;
using Campaigns.Db.Engine;
using Campaigns.Db.Letters;
using Campaigns.Worker.Mail.Compose;

namespace Campaigns.Worker.Mail;

/// <summary>
/// Drains one outbox over several connections, because each letter waits for the server's replies.
/// While one connection waits for its claim to be on disk, the others send. If the process is
/// killed, letters that were sent but not yet recorded are sent again with the same Message-ID.
/// </summary>
internal sealed class LetterLanes<TLetter>(
    ILetterQueue<TLetter> queue,
    Func<TLetter, MimeLetter?> write,
    LetterDelivery delivery,
    ClaimSize claim,
    TimeProvider time
)
    where TLetter : IDueLetter
{
    public required int MaxConnections { get; init; }

    public TimeSpan RenewEvery { get; init; } = Lease.Duration / 3;

    /// <summary>Sends what is due until nothing is, or no more may be claimed.</summary>
    /// <param name="mayClaim">False ends claiming; claimed letters are still sent.</param>
    /// <param name="cancellationToken">Ends sending early.</param>
    public async Task RunAsync(Func<bool> mayClaim, CancellationToken cancellationToken)
    {
        // A run may begin with the first letter of many. When more letters are due than these connections serve,
        // they finish and the run counts the needed connections again.
        while (mayClaim() && CountConnections() is var connections and > 0)
        {
            bool Continues() => mayClaim() && CountConnections() is var needed && needed > 0 && needed <= connections;
            var running = Enumerable
                .Range(0, connections)
                .Select(_ => Task.Run(() => DrainAsync(Continues, cancellationToken), CancellationToken.None));
            await Task.WhenAll(running);
        }
    }

    private int CountConnections() =>
        (queue.CountDue(MaxConnections * ClaimSize.Most) + ClaimSize.Most - 1) / ClaimSize.Most;

    private async Task DrainAsync(Func<bool> continues, CancellationToken cancellationToken)
    {
        var owner = RandomNumberGenerator.GetHexString(32, lowercase: true);
        while (continues())
        {
            // The lease is counted from before the claim, because the claim's result may arrive late.
            var claimedAt = time.GetTimestamp();
            var due = await queue.ClaimAsync(owner, claim.Letters, cancellationToken);
            using var done = new CancellationTokenSource();
            // Cancelled when the lease expires, because another worker may then have claimed these letters.
            using var leased = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ExtendLease(leased, claimedAt);
            var renewing =
                due.Count == 0
                    ? Task.CompletedTask
                    : RenewAsync(owner, [.. due.Select(letter => letter.Id)], leased, done.Token);
            try
            {
                var replies = await delivery.SendAsync(queue, due, write, leased.Token);
                claim.Measure(replies, time.GetElapsedTime(claimedAt));
            }
            finally
            {
                await done.CancelAsync();
                await renewing;
            }
        }
    }

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
                    if (await queue.RenewAsync(owner, ids, done) > 0)
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
